import { afterEach, expect, test, vi } from 'vitest'
import { askWorker, sendsWhenClosed } from './browser-send.ts'

afterEach(() => vi.unstubAllGlobals())

interface Browser {
  sync?: { register: () => Promise<void> }
  permission?: PermissionState
}

function browser({ sync, permission }: Browser): void {
  const registration = { active: { postMessage: () => {} }, sync }
  const query = () => (permission ? Promise.resolve({ state: permission }) : Promise.reject(new TypeError('unknown name')))
  vi.stubGlobal('navigator', { serviceWorker: { getRegistration: () => Promise.resolve(registration) }, permissions: { query } })
}

const takes = { register: () => Promise.resolve() }
const refuses = { register: () => Promise.reject(new DOMException('Permission denied', 'NotAllowedError')) }

test('a page may be closed only where Background Sync exists, is permitted and was not refused @outbox', async () => {
  browser({})
  expect(await sendsWhenClosed()).toBe(false)
  browser({ sync: takes, permission: 'granted' })
  expect(await sendsWhenClosed()).toBe(true)
  browser({ sync: takes, permission: 'denied' })
  expect(await sendsWhenClosed()).toBe(false)
  browser({ sync: takes })
  expect(await sendsWhenClosed()).toBe(true)
})

test('a wish that was refused is remembered until one is taken, and is waited for @outbox', async () => {
  browser({ sync: refuses, permission: 'granted' })
  const asked = askWorker('tap')
  expect(await sendsWhenClosed()).toBe(false)
  await asked
  browser({ sync: takes, permission: 'granted' })
  expect(await sendsWhenClosed()).toBe(false)
  await askWorker('tap')
  expect(await sendsWhenClosed()).toBe(true)
})
