import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { ButtonLink } from '../../../../components/button.tsx'
import { systemClock } from '../../../../domain/clock.ts'
import { staffMay } from '../../../../domain/staff-permissions.ts'
import { textIn } from '../../../../messages/text-in.ts'
import { lookAtAccount } from '../../../../server/accounts/desk/look-at-account.ts'
import { AuditUnavailableError, NotFoundError, ReadsUnavailableError } from '../../../../server/platform/errors.ts'
import { webServices } from '../../../../server/web-services.ts'
import { utility } from '../../../../utility.config.ts'
import { Notice } from '../../../_shell/notice.tsx'
import { requestLocale } from '../../../_shell/request-locale.ts'
import { staffOrSignIn } from '../../_staff/staff-or-sign-in.ts'
import { AccountPage } from './_components/account-page.tsx'

export async function generateMetadata({ params }: { params: Promise<{ accountNumber: string }> }): Promise<Metadata> {
  const { accountNumber } = await params
  return { title: textIn(await requestLocale())('desk.account.title', { number: decoded(accountNumber) }), robots: { index: false } }
}

export default async function DeskAccountPage({ params }: { params: Promise<{ accountNumber: string }> }) {
  const staff = await staffOrSignIn('account.read')
  const { accountNumber } = await params
  const { sources, audit } = webServices()
  const text = textIn(await requestLocale())
  const found = await lookAtAccount({ sources, audit, clock: systemClock, utility }, staff, decoded(accountNumber)).catch(standIn)
  if (found === 'none') notFound()
  if (found === 'unavailable' || found === 'not-audited') {
    return (
      <Notice title={text('desk.account.unavailableTitle')} words={text(found === 'unavailable' ? 'desk.account.unavailableText' : 'desk.account.notAuditedText')}>
        <ButtonLink look="primary" href={`/desk/accounts/${accountNumber}`}>
          {text('desk.reload')}
        </ButtonLink>
        <ButtonLink href="/desk/new-report">{text('desk.newReport')}</ButtonLink>
      </Notice>
    )
  }
  const may = {
    reveal: staffMay(staff.role, 'account.reveal'),
    note: staffMay(staff.role, 'account.note'),
    flag: staffMay(staff.role, 'account.flag'),
    report: staffMay(staff.role, 'report.take'),
  }
  return <AccountPage account={found} may={may} />
}

/** What is no text in UTF-8 is nobody's number. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return ''
  }
}

function standIn(error: unknown): 'none' | 'unavailable' | 'not-audited' {
  if (error instanceof NotFoundError) return 'none'
  if (error instanceof ReadsUnavailableError) return 'unavailable'
  if (error instanceof AuditUnavailableError) return 'not-audited'
  throw error
}
