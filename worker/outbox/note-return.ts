import type { Random } from '../../domain/clock.ts'
import { isAboutTheLine, putting } from './claim-report.ts'
import { afterReturn } from './line.ts'
import type { Change, Contents } from './outbox-store.ts'

/** Draws the first try after a sign of the network, and tells it to the reports that wait for it: their cards say when. */
export function noteReturn({ reports, followUps, line }: Contents, nowMs: number, random: Random): Change<void> {
  const returning = afterReturn(line, nowMs, random)
  if (!returning?.probe) return { mayBeLost: true, result: undefined }
  const { atMs, hazardAtMs } = returning.probe
  const waiting = [...reports, ...followUps].flatMap((record) => {
    const { retry } = record
    if (!retry || retry.askedByServer || record.received || record.attention || !isAboutTheLine(retry.reason)) return []
    return [{ ...record, retry: { ...retry, atMs: record.hazards.length > 0 ? hazardAtMs : atMs } }]
  })
  return { ...putting(waiting), line: returning, mayBeLost: true, result: undefined }
}
