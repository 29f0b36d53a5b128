'use client'
import { useState } from 'react'
import { Button } from '../../../../../components/button.tsx'
import { Callout } from '../../../../../components/callout.tsx'
import type { Timeline, TimelineItem } from '../../../../../server/accounts/desk/list-timeline.ts'
import { useDeskText } from '../../../_components/desk-text.tsx'
import type { AccountNews } from '../timeline/route.ts'
import styles from './account.module.css'
import { TimelineRow } from './timeline-row.tsx'

const ANSWER_WITHIN_MS = 8_000

interface TimelineShown {
  accountNumber: string
  /** The newest page, kept current. */
  timeline: Timeline
  isCurrent: boolean
}

/** The newest of it changes by itself; what was earlier is added on asking. */
export function TimelineList({ accountNumber, timeline, isCurrent }: TimelineShown) {
  const { text } = useDeskText()
  const [earlier, setEarlier] = useState<Pick<Timeline, 'items' | 'next'> | null>(null)
  const [failed, setFailed] = useState(false)
  const next = earlier ? earlier.next : timeline.next
  const items = merged(timeline.items, earlier?.items ?? [])
  const showEarlier = async () => {
    try {
      const page = await pageBefore(accountNumber, next)
      setEarlier({ items: [...(earlier?.items ?? timeline.items), ...page.items], next: page.next })
      setFailed(false)
    } catch {
      setFailed(true)
    }
  }
  return (
    <section className={styles.section} aria-label={text('desk.account.timeline')}>
      <h2>{text('desk.account.timeline')}</h2>
      <p className={styles.soft}>{text(isCurrent ? 'desk.account.live' : 'desk.account.notLive')}</p>
      {timeline.missing.map((what) => (
        <Callout key={what} kind="warn" title={text(`desk.account.missing.${what}`)} />
      ))}
      {items.length === 0 ? <p className={styles.soft}>{text('desk.account.timelineEmpty')}</p> : null}
      <ol role="list" className={styles.rows}>
        {items.map((item) => (
          <TimelineRow key={item.key} item={item} />
        ))}
      </ol>
      {failed ? <Callout kind="warn" title={text('desk.account.notReadable')} announce /> : null}
      {next ? (
        <div>
          <Button onClick={() => void showEarlier()}>{text('desk.account.earlier')}</Button>
        </div>
      ) : null}
    </section>
  )
}

/** The newest word of each, in the order of the page: what came anew moves the pages, not what is in them. */
function merged(newest: readonly TimelineItem[], earlier: readonly TimelineItem[]): TimelineItem[] {
  const known = new Set(newest.map(({ key }) => key))
  return [...newest, ...earlier.filter(({ key }) => !known.has(key))].toSorted((one, other) => (one.at === other.at ? (one.key < other.key ? 1 : -1) : one.at < other.at ? 1 : -1))
}

async function pageBefore(accountNumber: string, next: string | null): Promise<Timeline> {
  const asked = new URLSearchParams(next === null ? {} : { before: next })
  const response = await fetch(`/desk/accounts/${encodeURIComponent(accountNumber)}/timeline?${asked.toString()}`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
  if (!response.ok) throw new Error(`The desk answered ${response.status}`)
  return ((await response.json()) as AccountNews).timeline
}
