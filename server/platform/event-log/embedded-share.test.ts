import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeSharing } from './conformance-sharing.ts'

describeSharing('embedded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stormdoor-share-'))
  return { url: `sqlite:${folder}/event-log.sqlite`, dispose: async () => rmSync(folder, { recursive: true }) }
})
