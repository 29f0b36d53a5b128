import { expect, test } from 'vitest'
import { EnvironmentError } from '../../server/platform/environment.ts'
import { SetupError } from '../setup/setup-error.ts'
import { checkGivenCore, checkServiceTokens } from './check-core.ts'

const given = { STORMDOOR_ENV: 'production', CORE_SYSTEM_URL: 'https://core.example/v1' }

test('settings of the core system that cannot work are refused at the start, a core system that is down is not @core', async () => {
  await expect(checkGivenCore({})).resolves.toBeUndefined()
  await expect(checkGivenCore({ ...given, CORE_SYSTEM_URL: 'https://127.0.0.1:1/v1' })).resolves.toBeUndefined()
  for (const wrong of [{ CORE_SYSTEM_URL: 'core.example' }, { CORE_SYSTEM_URL: 'https://user:password@core.example/v1' }, { CORE_SYSTEM_TOKEN: 'short' }, { CORE_SYSTEM_CERT: '/nowhere/cert.pem' }]) {
    await expect(checkGivenCore({ ...given, ...wrong }), Object.keys(wrong)[0]).rejects.toThrow(EnvironmentError)
  }
})

test('tokens of programs are refused at the start when they are not written as they must be @core', () => {
  expect(() => checkServiceTokens(undefined)).not.toThrow()
  expect(() => checkServiceTokens(`tester:preload:${'0'.repeat(64)}`)).not.toThrow()
  expect(() => checkServiceTokens('tester:preload:not-a-hash')).toThrow(SetupError)
})
