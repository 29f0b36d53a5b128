import type { Metadata } from 'next'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { REPORT_LIMITS } from '../../../domain/report-limits.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import { textIn } from '../../../messages/text-in.ts'
import { utility } from '../../../utility.config.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import { staffOrSignIn } from '../_staff/staff-or-sign-in.ts'
import { CallerReportForm } from './_components/caller-report-form.tsx'
import styles from './new-report.module.css'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('desk.newReport'), robots: { index: false } }
}

/** @param searchParams `account`: the number of the customer on the line */
export default async function NewReportPage({ searchParams }: { searchParams: Promise<{ account?: string | string[] }> }) {
  await staffOrSignIn('report.take')
  const { account } = await searchParams
  const text = textIn(await requestLocale())
  const made = {
    id: uuidV7(systemClock, systemRandom),
    secret: Buffer.from(systemRandom.bytes(REPORT_LIMITS.secretBytes)).toString('base64url'),
    savedAt: new Date(systemClock.nowMs()).toISOString(),
  }
  return (
    <div className={styles.page}>
      <h1>{text('desk.formTitle')}</h1>
      <p className={styles.lead}>{text('desk.formLead', { number: utility.emergency.shown })}</p>
      <CallerReportForm made={made} accountNumber={typeof account === 'string' ? account.slice(0, REPORT_LIMITS.accountNumberChars) : ''} />
    </div>
  )
}
