import { systemClock } from '../domain/clock.ts'
import type { MoveOutcome } from '../processes/projector/projection-move.ts'
import { MATCHING_CONSUMER } from '../processes/reactors/partition-matching.ts'
import type { CursorCopy } from '../server/platform/event-log/copy-cursor.ts'
import type { CopyStep, LogCopy } from '../server/platform/event-log/copy-log.ts'

/** URLs of both logs. */
export interface CopyEnds {
  from: string
  to: string
}

export interface Outcome extends LogCopy {
  cursors: Record<string, CursorCopy>
  /** Null when they were not asked for, or when there is no copy to follow. */
  projections: Record<'postgres' | 'redis', MoveOutcome | 'unreachable'> | null
}

/** Both logs hold the same, and what was to follow the copy does. */
export function isDone({ verified, projections }: Outcome): boolean {
  return verified && Object.values(projections ?? {}).every((state) => ['moved', 'already-there', 'empty'].includes(state))
}

const PROGRESS_EVERY_MS = 1_000
const PHASES = { checking: 'Checking what the target holds', copying: 'Copied', verifying: 'Compared' } as const

/** What `--json` prints: one object; of a topic that differs, both sides. */
export function asJson({ from, to }: CopyEnds, { topics, ...outcome }: Outcome): object {
  const told = topics.map(({ topic, source, target, equal }) => ({ topic, ...source, equal, ...(equal ? {} : { target }) }))
  return { from: withoutSecrets(from), to: withoutSecrets(to), topics: told, ...outcome }
}

function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//')
}

export function print({ topics, written, resumed }: Outcome): void {
  console.table(Object.fromEntries(topics.map(({ topic, source, equal }) => [topic, { ...source, equal }])))
  console.log(`${count(written)} records written${resumed ? '; the others were there' : ''}`)
}

/** What is to be done next, a sentence a line. */
export function adviceOn({ topics, grew, verified, cursors, projections }: Outcome, request: CopyEnds): string[] {
  const lines: string[] = []
  if (grew.includes('source')) lines.push('The source still grows: stop whatever writes to it (the portal, an import) and run this again; it goes on where it was.')
  if (grew.includes('target')) lines.push('Something else writes to the target: stop it, and begin again with an empty one.')
  if (grew.length === 0) for (const { topic, equal } of topics) if (!equal) lines.push(`"${topic}" differs between the two logs: keep the old one, and copy into an empty one.`)
  if (!verified) return lines
  if (cursors[MATCHING_CONSUMER] === 'behind') lines.push('The reactors were behind in the old log: they look at some reports once more.')
  const { postgres, redis } = projections ?? {}
  if (!projections) lines.push('Postgres and Redis still follow the old log: run this again with --projections before the portal starts on the copy, or it folds them anew.')
  if (postgres === 'behind') lines.push('Postgres lacks events of the old log: let the portal fold them there and run this again, or start on the copy and make it anew (npm run log:rebuild -- --accept).')
  if (postgres === 'another-log') lines.push('Postgres is folded from neither log: "npm run log:rebuild -- --accept" makes it anew.')
  if (postgres === 'unreachable' || redis === 'unreachable') lines.push('A store could not be moved: run this again when it answers; nothing is copied twice.')
  if (redis === 'behind' || redis === 'another-log') lines.push(`Redis ${redis === 'behind' ? 'lacks events of the old log' : 'is folded from neither log'}: the projector folds it anew by itself.`)
  return [...lines, `Both logs hold the same. The portal runs on the copy with EVENT_LOG_URL=${withoutSecrets(request.to)}`]
}

/** Tells on standard error how far the copy is, once a second. */
export function progressLine(): (step: CopyStep) => void {
  let toldMs = systemClock.monotonicMs()
  return ({ phase, topic, done, total }) => {
    const nowMs = systemClock.monotonicMs()
    if (nowMs - toldMs < PROGRESS_EVERY_MS) return
    toldMs = nowMs
    console.error(`  ${PHASES[phase]}: ${count(done)}${total === null ? '' : ` of ${count(total)}`} records, at ${topic}`)
  }
}

function count(value: number): string {
  return value.toLocaleString('en')
}
