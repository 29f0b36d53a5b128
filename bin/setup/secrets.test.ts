import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
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

test('secrets of an older version stay, and gain what is new: the same for all who start at once', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'secrets.json')
  const { coreSystemToken, preloadToken, breakGlassKey, ...older } = loadSecrets(folder)
  const startWithTheOldOnes = () => {
    writeFileSync(path, JSON.stringify({ ...older, ofALaterOne: 'kept' }))
    return loadSecrets(folder)
  }
  const one = startWithTheOldOnes()
  expect(startWithTheOldOnes(), 'read before the first one had written').toEqual(one)
  expect(one).toMatchObject(older)
  expect([one.coreSystemToken, one.preloadToken, one.breakGlassKey]).not.toEqual([coreSystemToken, preloadToken, breakGlassKey])
  expect(one.coreSystemToken).not.toBe(one.preloadToken)
  expect(loadSecrets(folder)).toEqual(one)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ ...one, ofALaterOne: 'kept' })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['secrets.json'])
})
