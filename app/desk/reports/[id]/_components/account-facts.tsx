import { staffMay, type StaffRole } from '../../../../../domain/staff-permissions.ts'
import type { Text } from '../../../../../messages/text-in.ts'
import type { DeskReport } from '../../../../../server/outages/get-desk-report.ts'
import { ReachPanel } from '../../../accounts/[accountNumber]/_components/reach-panel.tsx'
import styles from '../report.module.css'
import { AccountAge } from './account-age.tsx'
import { Facts } from './facts.tsx'

/** The account that the report was matched to, with the age of what is known of it; how to reach its customer opens for a stated reason. */
export function AccountFacts({ found: { match, account }, text, role }: { found: Pick<DeskReport, 'match' | 'account'>; text: Text; role: StaffRole }) {
  if (!match) return null
  return (
    <div className={styles.column}>
      <Facts
        title={text('desk.sectionAccount')}
        facts={[
          [text('desk.accountNumber'), match.accountNumber],
          [text('desk.name'), account?.name],
          [text('desk.medicalFlag'), account?.medicalEquipment ? text('desk.answers.yes') : null],
          [text('desk.servicePoint'), match.servicePoint],
          [text('desk.meter'), account?.meterNumber],
          [text('desk.circuit'), match.circuit],
          [text('desk.transformer'), match.transformer],
          [text('desk.foundBy'), text(`desk.matchedBy.${match.matchedBy}`)],
        ]}
      >
        {account ? <AccountAge asOf={account.asOf} source={account.source} /> : <p className={styles.note}>{text('desk.accountUnavailable')}</p>}
      </Facts>
      {account ? <ReachPanel accountNumber={match.accountNumber} masked={account.masked} mayReveal={staffMay(role, 'account.reveal')} /> : null}
    </div>
  )
}
