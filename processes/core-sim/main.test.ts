import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'

const ENDS_WITHIN_MS = 20_000

test('the stand-in does not start in production, nor where nobody says what this is @core', async () => {
  const env = { ...process.env, STORMDOOR_ENV: '', STORMDOOR_DATA: temporaryFolder(), PORT: '0', ADMIN_PORT: '0', CORE_SYSTEM_TOKEN: 'a-token-of-this-test' }
  const start = promisify(execFile)(process.execPath, [join(import.meta.dirname, 'main.ts')], { env, timeout: ENDS_WITHIN_MS, killSignal: 'SIGKILL' })
  await expect(start).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/does not run in production/) as string })
})
