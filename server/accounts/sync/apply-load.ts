import type { Account } from '../../../domain/account.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import type { AccountsIndex } from '../accounts-index.ts'
import { upsertEvents } from '../import/load-accounts.ts'
import { accountClosedEvent } from './account-closed-event.ts'
import { AppendLane, type AppendTools } from './append-lane.ts'
import { missingAccounts, stagedWithKnown } from './compare-load.ts'
import type { LoadStage } from './load-stage.ts'

export interface AppliedLoad {
  loaded: number
  unchanged: number
  closed: number
}

/**
 * Makes the log say what is staged: upserts of what differs, then closings of known accounts that are missing.
 * A run that was killed and begun again makes the same events. The index must be at the log's end, and is brought there again.
 * @param tools.closes whether what is missing is closed
 */
export async function applyLoad(tools: AppendTools & { log: EventLog; closes: boolean }, stage: LoadStage, index: AccountsIndex, onProgress: (applied: AppliedLoad) => void): Promise<AppliedLoad> {
  const { log, signal, closes } = tools
  const lane = new AppendLane(tools)
  const applied: AppliedLoad = { loaded: 0, unchanged: 0, closed: 0 }
  for await (const { staged, known } of stagedWithKnown(stage, index, signal)) {
    const differing = staged.filter(({ key, contentHash }) => known.get(key)?.contentHash !== contentHash)
    // The stage holds accounts that parseCoreAccount made.
    await lane.add(differing.flatMap(({ contentHash, account }) => upsertEvents(JSON.parse(account) as Account, contentHash, known)))
    applied.loaded += differing.length
    applied.unchanged += staged.length - differing.length
    onProgress(applied)
  }
  await lane.drained()
  // The index stands where the load was compared: what was opened since is not missing.
  if (closes) {
    for await (const { missing } of missingAccounts(stage, index, signal)) {
      await lane.add(missing.map(accountClosedEvent))
      applied.closed += missing.length
      onProgress(applied)
    }
    await lane.drained()
  }
  await index.catchUp(log, signal)
  return applied
}
