import type { Locale } from '../../../../domain/report-choices.ts'
import { ReadsUnavailableError } from '../../../../server/platform/errors.ts'
import { type ErasureRequest, listErasureRequests } from '../../../../server/profile/list-erasure-requests.ts'
import { webServices } from '../../../../server/web-services.ts'
import { textIn } from '../../../../messages/text-in.ts'
import { utility } from '../../../../utility.config.ts'
import styles from './system.module.css'

/** Customers who asked to be forgotten: their sign-in is gone, and staff see to what else the utility holds. */
export async function ErasureList({ locale }: { locale: Locale }) {
  const text = textIn(locale)
  const requests = await listErasureRequests(webServices().sources).catch(unlessUnavailable)
  return (
    <section className={styles.section}>
      <h2>{text('desk.system.erasures')}</h2>
      <p className={styles.soft}>{text(requests === null ? 'desk.system.erasuresUnknown' : requests.length === 0 ? 'desk.system.noErasures' : 'desk.system.erasuresText')}</p>
      <ul role="list" className={styles.rows}>
        {(requests ?? []).map((request) => (
          <ErasureRow key={request.loginId} request={request} locale={locale} />
        ))}
      </ul>
    </section>
  )
}

function ErasureRow({ request: { requestedAt, loginId, accountNumbers }, locale }: { request: ErasureRequest; locale: Locale }) {
  const text = textIn(locale)
  const times = new Intl.DateTimeFormat(locale, { timeZone: utility.timeZone, dateStyle: 'medium', timeStyle: 'short' })
  return (
    <li className={styles.row}>
      <span className={styles.name}>{times.format(new Date(requestedAt))}</span>
      <span className={styles.soft}>{text('desk.system.erasureLogin', { id: loginId })}</span>
      <p>
        {accountNumbers.map((accountNumber) => (
          <a key={accountNumber} href={`/desk/accounts/${encodeURIComponent(accountNumber)}`} className={styles.account}>
            {accountNumber}
          </a>
        ))}
      </p>
    </li>
  )
}

function unlessUnavailable(error: unknown): null {
  if (error instanceof ReadsUnavailableError) return null
  throw error
}
