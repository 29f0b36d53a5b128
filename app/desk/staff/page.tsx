import type { Metadata } from 'next'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import { textIn } from '../../../messages/text-in.ts'
import { listStaff } from '../../../server/identity/administration/list-staff.ts'
import { webServices } from '../../../server/web-services.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import { staffOrSignIn } from '../_staff/staff-or-sign-in.ts'
import { AddStaffForm } from './_components/add-staff-form.tsx'
import { StaffRow } from './_components/staff-row.tsx'
import styles from './staff.module.css'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('desk.staff.title'), robots: { index: false } }
}

export default async function StaffPage() {
  const self = await staffOrSignIn('staff.manage')
  const text = textIn(await requestLocale())
  const { auth, staff } = webServices()
  const listed = await listStaff(auth, self).catch(() => null)
  const copy = staff.signIn.breakGlass?.read(systemClock.nowMs())
  const newId = () => uuidV7(systemClock, systemRandom)
  return (
    <div className={styles.page}>
      <h1>{text('desk.staff.title')}</h1>
      <p className={styles.soft}>{copy ? text('desk.staff.copyAge', { minutes: String(Math.max(0, Math.floor((systemClock.nowMs() - copy.writtenAtMs) / 60_000))) }) : text('desk.staff.noCopy')}</p>
      {listed === null ? <p>{text('desk.staff.unavailable')}</p> : null}
      <ul role="list" className={styles.rows}>
        {listed?.map((member) => (
          <StaffRow
            key={member.staffId}
            member={member}
            isSelf={member.staffId === self.staffId}
            ids={{ role: newId(), disable: newId(), enable: newId(), factor: newId(), password: newId() }}
          />
        ))}
      </ul>
      <AddStaffForm commandId={newId()} />
    </div>
  )
}
