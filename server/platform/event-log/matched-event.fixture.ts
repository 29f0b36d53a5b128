import { systemClock, systemRandom } from '../../../domain/clock.ts'
import type { NewEvent } from '../../../domain/event.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import { sha256 } from '../hash.ts'

/** An event to append in tests, in topic `outages`. Its body is `circuit`: the same id with another one is a conflict. */
export function matchedEvent(circuit: string, id: string = uuidV7(systemClock, systemRandom)): NewEvent<'outage.matched.v1'> {
  return {
    id,
    type: 'outage.matched.v1',
    key: id,
    bodyHash: sha256(circuit),
    data: { reportId: id, accountNumber: '4100000017', servicePoint: 'SP-1', circuit, transformer: 'T-1', matchedBy: 'account-number' },
  }
}
