'use client'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import type { OwnStanding } from '../../report/_components/read-server.ts'
import { useReportText } from '../../report/_components/report-text.tsx'
import { useReportsText } from './reports-text.tsx'
import styles from './own-report.module.css'

const MINUTE_MS = 60_000
/** A clock that is off by less, or by no more than can be told, is not worth a word. */
const WORTH_SAYING_MS = 5 * MINUTE_MS

/** When the report was saved by the utility's clock, when this phone's was clearly off. */
export function CorrectedTime({ record, standing }: { record: ReportRecord; standing: OwnStanding | null }) {
  const { timeOf } = useReportText()
  const words = useReportsText()
  if (!standing?.corrected) return null
  const { savedAt, errorMs } = standing.corrected
  const savedAtMs = Date.parse(savedAt)
  if (Math.abs(savedAtMs - record.savedAtMs) < Math.max(WORTH_SAYING_MS, errorMs)) return null
  return <p className={styles.soft}>{words('corrected', { time: timeOf(savedAtMs), minutes: Math.max(1, Math.ceil(errorMs / MINUTE_MS)) })}</p>
}
