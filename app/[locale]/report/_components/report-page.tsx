'use client'
import { QueryClientProvider } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { Callout } from '../../../../components/callout.tsx'
import type { Locale } from '../../../../domain/report-choices.ts'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { useReportInAddress } from '../../reports/_components/use-report-in-address.ts'
import { InstallOffer } from './install-offer.tsx'
import { HiddenNotice } from './hidden-notice.tsx'
import { OutageStatus } from './outage-status.tsx'
import { ReportForm } from './report-form.tsx'
import { ReportList } from './report-list.tsx'
import { type Phones, type ReportMessages, ReportTextProvider, useReportText } from './report-text.tsx'
import type { OutboxView } from './outbox-view.ts'
import type { PageOutbox } from './page-outbox.ts'
import { SignedOutNotice } from './signed-out-notice.tsx'
import { usePageOutbox } from './use-page-outbox.ts'
import { useWarningBeforeLoss } from './use-warning-before-loss.ts'
import styles from './report-page.module.css'

/** A report younger than this is what a returning customer comes to look at. */
const RECENT_MS = 12 * 60 * 60_000

interface ReportPageProps {
  locale: Locale
  messages: ReportMessages
  phones: Phones
}

export function ReportPage({ locale, messages, phones }: ReportPageProps) {
  const { page, view, queryClient } = usePageOutbox(locale)
  return (
    <ReportTextProvider locale={locale} messages={messages} phones={phones}>
      <QueryClientProvider client={queryClient}>
        <ReportDesk page={page} view={view} />
      </QueryClientProvider>
    </ReportTextProvider>
  )
}

/** The form, or how this phone's reports stand: whichever the customer came for. */
function ReportDesk({ page, view }: { page: PageOutbox; view: OutboxView }) {
  const { text } = useReportText()
  const [showing, setShowing] = useState<'form' | 'reports' | null>(null)
  const [draftFound, setDraftFound] = useState<boolean | null>(null)
  const [repeated, setRepeated] = useState(false)
  const [justSaved, setJustSaved] = useState(false)
  const [correct, setCorrect] = useState<ReportRecord | null>(null)
  const title = useRef<HTMLHeadingElement>(null)
  const listTitle = useRef<HTMLHeadingElement>(null)
  const reports = view.reports ?? []
  // Another login may find none of the reports that were shown here.
  const first = view.reports?.length === 0 ? 'form' : showing ?? (draftFound === false && reports.some((record) => isCurrent(record, view.atMs)) ? 'reports' : 'form')
  const onAnother = first === 'reports' ? () => show('form') : null
  const list =
    reports.length > 0 ? (
      <ReportList page={page} view={view} justSaved={justSaved} headingRef={listTitle} onCorrect={startCorrecting} onAnother={onAnother} />
    ) : null
  const named = useReportInAddress()
  const refused = draftFound === null ? undefined : reports.find(({ id, attention }) => attention !== null && id === named)
  const correctNamed = useEffectEvent(() => refused && startCorrecting(refused))

  useWarningBeforeLoss(view)
  // Only now: its words take the place of those that were typed before, and the customer is asked first.
  useEffect(() => {
    if (!refused?.id) return
    history.replaceState(history.state, '', location.pathname + location.search)
    correctNamed()
  }, [refused?.id])

  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1 tabIndex={-1} ref={title}>
          {text('title')}
        </h1>
        {first === 'form' ? <p className={styles.lead}>{text('lead')}</p> : null}
      </header>
      {view.who.hasLapsed ? <SignedOutNotice page="report" /> : null}
      {first === 'reports' ? (
        <>
          {repeated ? <Callout kind="info">{text('alreadySaved')}</Callout> : null}
          {list}
          {view.outbox?.store.durable && view.disk === 'works' ? <InstallOffer store={view.outbox.store} /> : null}
        </>
      ) : null}
      <div hidden={first === 'reports'}>
        <ReportForm page={page} view={view} onSaved={(alreadySaved) => {
            setRepeated(alreadySaved)
            setJustSaved(true)
            setCorrect(null)
            show('reports')
          }} onDraft={setDraftFound} onShowReports={() => show('reports')} correct={correct} />
      </div>
      {first === 'form' ? list : null}
      <HiddenNotice view={view} />
      {/* Another one below the form than below the list: one that stays would be seen to jump up. */}
      <OutageStatus key={first} />
    </div>
  )

  function startCorrecting(record: ReportRecord) {
    setCorrect(record)
    show('form')
  }

  function show(next: 'form' | 'reports') {
    setShowing(next)
    // After React has put the section there.
    requestAnimationFrame(() => {
      const heading = next === 'form' ? title.current : listTitle.current
      heading?.focus()
      heading?.scrollIntoView({ block: 'start' })
    })
  }
}

function isCurrent(record: ReportRecord, nowMs: number): boolean {
  return !(record.received || record.attention) || nowMs - record.savedAtMs < RECENT_MS
}
