'use client'
import { QueryClientProvider } from '@tanstack/react-query'
import { ButtonLink } from '../../../../components/button.tsx'
import { Callout } from '../../../../components/callout.tsx'
import type { Locale } from '../../../../domain/report-choices.ts'
import type en from '../../../../messages/en.json'
import { isAnythingOnItsWay } from '../../report/_components/is-anything-on-its-way.ts'
import type { OutboxView } from '../../report/_components/outbox-view.ts'
import type { PageOutbox } from '../../report/_components/page-outbox.ts'
import { HiddenNotice } from '../../report/_components/hidden-notice.tsx'
import { PhonePromise } from '../../report/_components/phone-promise.tsx'
import { type Phones, ReportTextProvider, useReportText } from '../../report/_components/report-text.tsx'
import { SignedOutNotice } from '../../report/_components/signed-out-notice.tsx'
import { usePageOutbox } from '../../report/_components/use-page-outbox.ts'
import { useWarningBeforeLoss } from '../../report/_components/use-warning-before-loss.ts'
import { OwnReport } from './own-report.tsx'
import { ReportsTextProvider, useReportsText } from './reports-text.tsx'
import { StateNews } from './state-news.tsx'
import { useOpenPanel } from './use-open-panel.ts'
import { useReportInAddress } from './use-report-in-address.ts'
import styles from './reports-page.module.css'

interface ReportsPageProps {
  locale: Locale
  messages: Pick<typeof en, 'report' | 'reports'>
  phones: Phones
}

/** What this phone has sent and where each report stands: from the phone itself, so with or without a connection. */
export function ReportsPage({ locale, messages, phones }: ReportsPageProps) {
  const { page, view, queryClient } = usePageOutbox(locale)
  return (
    <ReportTextProvider locale={locale} messages={messages.report} phones={phones}>
      <ReportsTextProvider locale={locale} messages={messages.reports}>
        <QueryClientProvider client={queryClient}>
          <OwnReports page={page} view={view} />
        </QueryClientProvider>
      </ReportsTextProvider>
    </ReportTextProvider>
  )
}

function OwnReports({ page, view }: { page: PageOutbox; view: OutboxView }) {
  const { locale, phones } = useReportText()
  const words = useReportsText()
  const chosen = useReportInAddress()
  const [panel, setPanel] = useOpenPanel(view)
  const { disk, refusal, reports } = view
  useWarningBeforeLoss(view)
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>{words('title')}</h1>
        <p className={styles.lead}>{words('lead')}</p>
      </header>
      <p>
        <ButtonLink look={reports?.length === 0 ? 'primary' : 'secondary'} size="large" href={`/${locale}/report`}>
          {words(reports?.length === 0 ? 'first' : 'another')}
        </ButtonLink>
      </p>
      <StateNews key={view.who.loginId ?? ''} view={view} />
      {view.who.hasLapsed ? <SignedOutNotice page="reports" /> : null}
      {reports === null ? (
        <div className={styles.lead}>
          <p className={styles.looking}>{words('looking')}</p>
          <noscript>{words('noScript', { number: phones.outageLine.shown })}</noscript>
        </div>
      ) : null}
      {disk === 'refused' ? (
        <Callout kind="warn" title={words(refusal === 'refused' ? 'refusedTitle' : 'brokenTitle')}>
          <p>{words(refusal === 'refused' ? 'refusedText' : 'brokenText', { number: phones.outageLine.shown })}</p>
        </Callout>
      ) : null}
      {disk !== 'refused' && reports?.length === 0 ? (
        <Callout kind="info" title={words('emptyTitle')}>
          <p>{words('emptyText')}</p>
        </Callout>
      ) : null}
      {reports && reports.length > 0 ? (
        <ol role="list" className={styles.list}>
          {reports.map((record) => (
            <li key={record.id}>
              <OwnReport record={record} page={page} view={view} chosen={record.id === chosen} panel={panel} onPanel={setPanel} />
            </li>
          ))}
        </ol>
      ) : null}
      <HiddenNotice view={view} />
      {reports ? <p className={styles.kept}>{words('kept')}</p> : null}
      {disk === 'works' && isAnythingOnItsWay(view) ? <PhonePromise justSaved={false} /> : null}
    </div>
  )
}
