import { describe, expect, it } from 'vitest'
import type { LoadDifference } from './compare-load.ts'
import { closingsLeft, faultsOf, leapsOf } from './judge-load.ts'
import type { LoadProgress } from './load-stage.ts'

const bounds = { mostMissing: 0.02, mostChangedInOneColumn: 0.05, mostRejected: 0.01 }
const leap = (changes: Partial<LoadDifference>) =>
  leapsOf({ known: 1_000, added: 0, changed: 0, unchanged: 1_000, missing: 0, columns: {}, ...changes }, bounds).map(({ code, detail }) => `${code} ${JSON.stringify(detail)}`)

function faults(changes: Partial<LoadProgress>): string[] {
  const snapshot = { snapshotId: 's', accounts: 1_000, digest: 'd', asOf: '2026-01-31T04:00:00.000Z', changesFrom: 'c', etag: 'e' }
  const progress: LoadProgress = {
    runId: 'r', startedAt: snapshot.asOf, snapshot, phase: 'fetched', pages: 1, next: null, rows: 1_000, rejected: 0, unreadable: 0, digest: 'd', misshaped: {}, cursor: 'c', rejectedRows: [],
  }
  return faultsOf({ ...progress, ...changes }, bounds).map(({ code }) => code)
}

describe('how far a load may be from what is known @sync', () => {
  it('is up to the bounds, and a reason has the numbers', () => {
    expect(leap({ missing: 20, columns: { name: 50 } })).toEqual([])
    expect(leap({ missing: 21, columns: { name: 51, phones: 50 } })).toEqual([
      'too-many-missing {"missing":21,"known":1000,"share":0.021,"most":0.02}',
      'column-changed {"column":"name","changed":51,"known":1000,"share":0.051,"most":0.05}',
    ])
  })

  it('is a handful in a small utility, but never all of it', () => {
    expect(leap({ known: 10, missing: 4, columns: { name: 4 } })).toEqual([])
    expect(leap({ known: 10, missing: 5 })).toHaveLength(1)
    expect(leap({ known: 3, missing: 3 })).toHaveLength(1)
    expect(leap({ known: 0 })).toEqual([])
  })

  it('leaves what is missing open while rows are there that may be about it', () => {
    expect(closingsLeft({ unreadable: 2 }, { missing: 3 })).toEqual([{ code: 'closings-left', detail: { unreadable: 2, missing: 3 } }])
    expect([...closingsLeft({ unreadable: 0 }, { missing: 3 }), ...closingsLeft({ unreadable: 2 }, { missing: 0 })]).toEqual([])
  })
})

describe('what is wrong with a load by itself @sync', () => {
  it('is its count, its digest, too many rows that are none, or a column that cannot be what it is called', () => {
    expect(faults({ rejected: 10, misshaped: { 'address.city': 10 } })).toEqual([])
    expect(faults({ rows: 999 })).toEqual(['count-differs'])
    expect(faults({ digest: 'x' })).toEqual(['digest-differs'])
    expect(faults({ rejected: 11 })).toEqual(['too-many-rejected'])
    expect(faults({ misshaped: { 'address.city': 11 } })).toEqual(['column-misshapen'])
  })
})
