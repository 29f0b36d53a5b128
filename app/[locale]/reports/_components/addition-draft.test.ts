import { expect, test } from 'vitest'
import { openMemoryStore } from '../../../../worker/outbox/memory-store.ts'
import { pruneAdditionDrafts, withTyped } from './addition-draft.ts'

test('a draft about a report that is gone or withdrawn is forgotten, the others stay @outbox', async () => {
  const store = openMemoryStore()
  const draft = { id: 'x', fields: { accessNotes: 'dog' } }
  await store.writeNote('addition-drafts', { gone: draft, here: draft })
  expect(await pruneAdditionDrafts(store, (reportId) => reportId === 'here', null)).toEqual(['here'])
  expect(await store.readNote('addition-drafts')).toEqual({ here: draft })
})

test('what a login has typed about a report is that login’s: another finds nobody’s alone @outbox', async () => {
  const store = openMemoryStore()
  const draft = { id: 'x', fields: { accessNotes: 'dog' } }
  await store.writeNote('addition-drafts', { 'mine login-1': draft, 'his login-2': draft, nobodys: draft })
  expect(await pruneAdditionDrafts(store, () => true, 'login-1')).toEqual(['mine', 'nobodys'])
  expect(await pruneAdditionDrafts(store, () => true, null)).toEqual(['nobodys'])
  expect(Object.keys((await store.readNote('addition-drafts')) as object)).toHaveLength(3)
})

test('what has been typed since stands over what was kept, and dangers add up @outbox', () => {
  const kept = { accessNotes: 'dog', callbackPhone: '555 0100', hazards: ['fire'] }
  expect(withTyped(kept, { accessNotes: 'cat', hazards: ['injury'] })).toEqual({ accessNotes: 'cat', callbackPhone: '555 0100', hazards: ['fire', 'injury'] })
  expect(withTyped({ scope: 'dim' }, {})).toEqual({ scope: 'dim' })
})
