import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../test-support/temporary-folder.ts'
import { loadSecrets } from './secrets.ts'
import { SetupError } from './setup-error.ts'

test('secrets are made once and are nobody else\'s to read', () => {
  const folder = temporaryFolder()
  const made = loadSecrets(folder)
  expect(loadSecrets(folder)).toEqual(made)
  expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600)
  expect(loadSecrets(temporaryFolder()).postgresPassword).not.toBe(made.postgresPassword)
})

test('secrets that cannot be read are never replaced: they signed what is in the data', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'secrets.json'), '{"half":')
  expect(() => loadSecrets(folder)).toThrow(SetupError)
})
