import { StatusBadge } from '../../../../components/status-badge.tsx'
import type { Locale } from '../../../../domain/report-choices.ts'
import { type Text, textIn } from '../../../../messages/text-in.ts'
import { listSessions, type OwnSession } from '../../../../server/identity/customers/list-sessions.ts'
import { webServices } from '../../../../server/web-services.ts'
import { requestHeaders } from '../../../_shell/request-headers.ts'
import { timeIn } from '../../_components/day-in.ts'
import { IdentityForm } from '../../_components/identity-form.tsx'
import { knownNow } from '../../_components/known-now.ts'
import list from '../../_components/list.module.css'
import { NotNow } from '../../_components/not-now.tsx'
import { deviceOf } from '../../_session/device-of.ts'
import styles from '../../account.module.css'
import { endOwnSession, leaveEverywhere } from '../actions.ts'

/** Where somebody is signed in. Signing out everywhere stands there also while the list cannot be had: it needs the log alone. */
export async function SessionSection({ locale }: { locale: Locale }) {
  const text = textIn(locale)
  const sessions = await knownNow(listSessions(webServices().customers, await requestHeaders()))
  return (
    <>
      {sessions === null ? <NotNow /> : <Sessions sessions={sessions} locale={locale} />}
      <h3>{text('identity.security.everywhereTitle')}</h3>
      <p className={styles.lead}>{text('identity.security.everywhereLead')}</p>
      <IdentityForm id="everywhere" action={leaveEverywhere} fields={[]} submit={text('identity.security.everywhere')} look="secondary" />
    </>
  )
}

function Sessions({ sessions, locale }: { sessions: readonly OwnSession[]; locale: Locale }) {
  const text = textIn(locale)
  return (
    <ul role="list" className={list.list}>
      {sessions.map(({ sessionId, signedInAt, userAgent, current }) => {
        const device = deviceText(text, userAgent)
        const since = timeIn(locale, signedInAt)
        return (
          <li key={sessionId} className={list.item}>
            <p className={list.what}>
              <strong>{device}</strong>
              <span className={list.note}>{text('identity.security.sessionSince', { date: since })}</span>
            </p>
            {current ? (
              <StatusBadge tone="ok" label={text('identity.security.sessionHere')} />
            ) : (
              <IdentityForm id={`end-${sessionId}`} action={endOwnSession} fields={[]} hidden={{ sessionId }} submit={text('identity.security.sessionEnd')} about={`${device}, ${since}`} look="secondary" />
            )}
          </li>
        )
      })}
    </ul>
  )
}

function deviceText(text: Text, userAgent: string | null): string {
  const { browser, system } = deviceOf(userAgent)
  if (browser && system) return text('identity.security.sessionDevice', { browser, system })
  return browser ?? system ?? text('identity.security.sessionUnknown')
}
