import type { Metadata } from 'next'
import { ButtonLink } from '../../../../components/button.tsx'
import { staffMay } from '../../../../domain/staff-permissions.ts'
import { textIn } from '../../../../messages/text-in.ts'
import { getDeskReport } from '../../../../server/outages/get-desk-report.ts'
import { ReadsUnavailableError } from '../../../../server/platform/errors.ts'
import { webServices } from '../../../../server/web-services.ts'
import { utility } from '../../../../utility.config.ts'
import { Notice } from '../../../_shell/notice.tsx'
import { requestLocale } from '../../../_shell/request-locale.ts'
import { staffOrSignIn } from '../../_staff/staff-or-sign-in.ts'
import { AccountFacts } from './_components/account-facts.tsx'
import { DeliveryFacts } from './_components/delivery-facts.tsx'
import { FollowUpFacts } from './_components/follow-up-facts.tsx'
import { HandlingPanel } from './_components/handling-panel.tsx'
import { ReportChanges } from './_components/report-changes.tsx'
import { ReportFacts } from './_components/report-facts.tsx'
import { ReportHead } from './_components/report-head.tsx'
import styles from './report.module.css'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('desk.title'), robots: { index: false } }
}

export default async function DeskReportPage({ params }: { params: Promise<{ id: string }> }) {
  const { staffId, name, role } = await staffOrSignIn('desk.read')
  const { id } = await params
  const { sources } = webServices()
  const locale = await requestLocale()
  const text = textIn(locale)
  const found = await getDeskReport(sources, id).catch(unlessUnavailable)
  if (found === null || found === 'unavailable') {
    const unavailable = found === 'unavailable'
    return (
      <>
        <ReportChanges id={id} />
        <Notice
          title={unavailable ? text('desk.reportUnavailable') : text('desk.notHereTitle')}
          words={unavailable ? text('desk.reportUnavailableText') : text('desk.notHereText')}
        >
          <ButtonLink look="primary" href={`/desk/reports/${encodeURIComponent(id)}`}>
            {text('desk.reload')}
          </ButtonLink>
          <ButtonLink href="/desk">{text('desk.back')}</ButtonLink>
        </Notice>
      </>
    )
  }
  return (
    <article className={styles.page}>
      <ReportChanges id={found.report.reportId} />
      <p>
        <a href="/desk" className={styles.back}>
          <span aria-hidden="true">← </span>
          {text('desk.back')}
        </a>
      </p>
      <ReportHead found={found} />
      <div className={styles.columns}>
        <ReportFacts report={found.report} text={text} locale={locale} timeZone={utility.timeZone} />
        <div className={styles.column}>
          <HandlingPanel
            id={found.report.reportId}
            reference={found.report.reference}
            handlings={found.handlings}
            reopens={found.open}
            staff={{ staffId, name }}
            mayHandle={staffMay(role, 'report.handle')}
          />
          <FollowUpFacts followUps={found.followUps} text={text} locale={locale} timeZone={utility.timeZone} />
          <AccountFacts found={found} text={text} role={role} />
          <DeliveryFacts deliveries={found.deliveries} reference={found.report.reference} />
        </div>
      </div>
    </article>
  )
}

function unlessUnavailable(error: unknown): 'unavailable' {
  if (error instanceof ReadsUnavailableError) return 'unavailable'
  throw error
}
