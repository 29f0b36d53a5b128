import type { Metadata } from 'next'
import { Button, ButtonLink } from '../../../components/button.tsx'
import { Callout } from '../../../components/callout.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { systemClock } from '../../../domain/clock.ts'
import { staffMay } from '../../../domain/staff-permissions.ts'
import { textIn } from '../../../messages/text-in.ts'
import { askedFields, auditQuestion, badTimes } from '../../../server/audit/audit-question.ts'
import { searchAudit } from '../../../server/audit/search-audit.ts'
import { AuditUnavailableError, ReadsUnavailableError } from '../../../server/platform/errors.ts'
import { webServices } from '../../../server/web-services.ts'
import { utility } from '../../../utility.config.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import { staffOrSignIn } from '../_staff/staff-or-sign-in.ts'
import styles from './_components/audit.module.css'
import { EntryList } from './_components/entry-list.tsx'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('desk.audit.title'), robots: { index: false } }
}

/** The search is in the address, so it works without script and can be kept; it is told to the trail itself. */
export default async function AuditPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const staff = await staffOrSignIn('audit.read')
  const text = textIn(await requestLocale())
  const asked = new URLSearchParams(Object.entries(await searchParams).flatMap(([name, value]) => [value ?? []].flat().map((one) => [name, one])))
  const question = auditQuestion(asked)
  const wrong = badTimes(question, utility.timeZone)
  const { sources, audit } = webServices()
  const found = wrong.length > 0 ? null : await searchAudit({ sources, audit, clock: systemClock, timeZone: utility.timeZone }, staff, question, asked.get('before')).catch(standIn)
  const zone = text('desk.audit.timeHint', { zone: utility.timeZone })
  const timeError = (field: 'from' | 'until') => (wrong.includes(field) ? text('desk.audit.badTime') : undefined)
  const address = (more: Record<string, string>, path = '/desk/audit') => `${path}?${new URLSearchParams({ ...askedFields(question), ...more }).toString()}`
  return (
    <div className={styles.page}>
      <h1>{text('desk.audit.title')}</h1>
      <p className={styles.soft}>{text('desk.audit.lead')}</p>
      <form method="get" action="/desk/audit" className={styles.form} role="search">
        <TextField id="audit-actor" label={text('desk.audit.actor')} hint={text('desk.audit.actorHint')} name="actor" defaultValue={question.actor} autoComplete="off" />
        <TextField id="audit-act" label={text('desk.audit.act')} hint={text('desk.audit.actHint')} name="act" defaultValue={question.act} autoComplete="off" />
        <TextField id="audit-subject" label={text('desk.audit.subject')} hint={text('desk.audit.subjectHint')} name="subject" defaultValue={question.subject} autoComplete="off" />
        <TextField id="audit-reason" label={text('desk.audit.reason')} name="reason" defaultValue={question.reason} autoComplete="off" />
        <TextField id="audit-from" label={text('desk.audit.from')} hint={zone} name="from" type="datetime-local" defaultValue={question.from} error={timeError('from')} />
        <TextField id="audit-until" label={text('desk.audit.until')} hint={zone} name="until" type="datetime-local" defaultValue={question.until} error={timeError('until')} />
        <div className={styles.actions}>
          <Button look="primary" type="submit">
            {text('desk.audit.search')}
          </Button>
          <ButtonLink href="/desk/audit">{text('desk.audit.clear')}</ButtonLink>
        </div>
      </form>
      {found === 'unavailable' || found === 'not-audited' ? (
        <Callout kind="danger" title={text(found === 'unavailable' ? 'desk.audit.unavailable' : 'desk.audit.notAudited')} announce />
      ) : null}
      {found && typeof found === 'object' ? (
        <>
          <EntryList entries={found.entries} />
          <div className={styles.actions}>
            {asked.has('before') ? <ButtonLink href={address({})}>{text('desk.audit.newest')}</ButtonLink> : null}
            {found.next ? <ButtonLink href={address({ before: found.next })}>{text('desk.audit.earlier')}</ButtonLink> : null}
            {staffMay(staff.role, 'audit.export') ? (
              <>
                <ButtonLink href={address({ format: 'csv' }, '/desk/audit/export')} download>
                  {text('desk.audit.exportCsv')}
                </ButtonLink>
                <ButtonLink href={address({ format: 'ndjson' }, '/desk/audit/export')} download>
                  {text('desk.audit.exportNdjson')}
                </ButtonLink>
              </>
            ) : null}
          </div>
        </>
      ) : null}
    </div>
  )
}

function standIn(error: unknown): 'unavailable' | 'not-audited' {
  if (error instanceof ReadsUnavailableError) return 'unavailable'
  if (error instanceof AuditUnavailableError) return 'not-audited'
  throw error
}
