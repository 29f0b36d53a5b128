import { QueryClient } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import { forgetOthers } from './forget-others.ts'

const keysIn = (queries: QueryClient) => queries.getQueryCache().getAll().map(({ queryKey }) => queryKey.join(' ')).toSorted()

it('keeps nothing of another login, neither what is there nor what comes back from the disk, and all that is of nobody', async () => {
  const queries = new QueryClient()
  for (const key of [['me', 'her'], ['me', 'him'], ['report-standing', 'one']]) queries.setQueryData(key, {})
  const stop = forgetOthers(queries, 'him')
  expect(keysIn(queries)).toEqual(['me him', 'report-standing one'])
  queries.setQueryData(['me', 'her'], {})
  queries.setQueryData(['report-standing', 'two'], {})
  await expect.poll(() => keysIn(queries)).toEqual(['me him', 'report-standing one', 'report-standing two'])
  stop()
  forgetOthers(queries, null)()
  expect(keysIn(queries), 'when nobody is signed in').toEqual(['report-standing one', 'report-standing two'])
})
