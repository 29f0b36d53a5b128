import { accessRecordsOf } from '../access/list-access.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { listErasures } from './list-erasures.ts'

export interface ErasureRequest {
  loginId: string
  /** ISO 8601 UTC. */
  requestedAt: string
  /** Those that the login had access to until then. */
  accountNumbers: string[]
}

const MOST = 50

/** Who asked to be forgotten, the newest first, 50 at the most, for whoever answers them. Throws ReadsUnavailableError. */
export async function listErasureRequests(sources: ReadSources): Promise<ErasureRequest[]> {
  const { value } = await listErasures(sources)
  return Promise.all(
    value.slice(0, MOST).map(async ({ loginId, asOf: requestedAt }) => {
      const records = await accessRecordsOf(sources, loginId)
      return { loginId, requestedAt, accountNumbers: records.value.filter(({ how }) => how === 'erased').map(({ accountNumber }) => accountNumber) }
    }),
  )
}
