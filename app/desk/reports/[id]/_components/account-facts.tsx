import type { Text } from '../../../../../messages/text-in.ts'
import type { DeskReport } from '../../../../../server/outages/get-desk-report.ts'
import styles from '../report.module.css'
import { AccountAge } from './account-age.tsx'
import { Facts } from './facts.tsx'

/** The account that the report was matched to, with the age of what is known of it. */
export function AccountFacts({ found, text }: { found: DeskReport; text: Text }) {
  const { match, account } = found
  if (!match) return null
  const value = account?.value
  const personal = value?.personal
  const address = personal?.address
  return (
    <div className={styles.column}>
      <Facts
        title={text('desk.sectionAccount')}
        facts={[
          [text('desk.accountNumber'), match.accountNumber],
          [text('desk.name'), personal?.name],
          [text('desk.address'), address && [address.line1, address.line2, address.city, address.state, address.postalCode].filter(Boolean).join(', ')],
          [
            text('desk.phones'),
            personal && personal.phones.length > 0
              ? personal.phones.map((phone) => (
                  <a key={phone} className={styles.phone} href={`tel:${phone}`}>
                    {phone}
                  </a>
                ))
              : null,
          ],
          [text('desk.email'), personal?.email],
          [text('desk.medicalFlag'), personal?.medicalEquipment ? text('desk.answers.yes') : null],
          [text('desk.servicePoint'), match.servicePoint],
          [text('desk.meter'), value?.meterNumber],
          [text('desk.circuit'), match.circuit],
          [text('desk.transformer'), match.transformer],
          [text('desk.foundBy'), text(`desk.matchedBy.${match.matchedBy}`)],
        ]}
      >
        {account ? <AccountAge asOf={account.asOf} source={account.source} /> : <p className={styles.note}>{text('desk.accountUnavailable')}</p>}
      </Facts>
    </div>
  )
}
