'use client'
import { useEffect, useRef } from 'react'
import spoken from '../../../../components/spoken.module.css'
import { type ReportState, stateOf } from '../../../../worker/outbox/report-record.ts'
import type { OutboxView } from '../../report/_components/outbox-view.ts'
import { useReportText } from '../../report/_components/report-text.tsx'
import { useReportsText } from './reports-text.tsx'

/** What has been settled while the page is open, read aloud once. That another try is under way is no news. */
export function StateNews({ view }: { view: OutboxView }) {
  const { text } = useReportText()
  const words = useReportsText()
  const output = useRef<HTMLOutputElement>(null)
  const known = useRef<ReadonlyMap<string, ReportState> | null>(null)

  useEffect(() => {
    const { reports, followUps, atMs } = view
    if (!reports) return
    const before = known.current
    const said: string[] = []
    const note = (id: string, subject: string, state: ReportState) => {
      const settled = state === 'received' || state === 'needs-attention'
      if (before && settled && before.get(id) !== state) said.push(`${subject}: ${text(`state.${state}`)}.`)
    }
    const states = new Map([...reports, ...followUps].map((record) => [record.id, stateOf(record, atMs)]))
    for (const { id, place } of reports) note(id, place || text('byLocation'), states.get(id)!)
    for (const { id } of followUps) note(id, words('changes'), states.get(id)!)
    known.current = states
    if (said.length > 0 && output.current) output.current.textContent = said.join(' ')
  }, [view, text, words])

  return <output ref={output} className={spoken.spoken} />
}
