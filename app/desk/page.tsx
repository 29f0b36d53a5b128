import type { Metadata } from 'next'
import { Callout } from '../../components/callout.tsx'
import { parseReference } from '../../domain/reference.ts'
import { staffMay } from '../../domain/staff-permissions.ts'
import { textIn } from '../../messages/text-in.ts'
import { webServices } from '../../server/web-services.ts'
import { requestLocale } from '../_shell/request-locale.ts'
import { DeskBoard } from './_components/desk-board.tsx'
import { staffOrSignIn } from './_staff/staff-or-sign-in.ts'
import { DESK_REPORTS, readDesk } from './desk-view.ts'
import styles from './desk.module.css'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('desk.title'), robots: { index: false } }
}

export default async function DeskPage({ searchParams }: { searchParams: Promise<{ taken?: string | string[]; order?: string | string[] }> }) {
  const { staffId, name, role } = await staffOrSignIn('desk.read')
  const text = textIn(await requestLocale())
  const { taken, order } = await searchParams
  const reference = typeof taken === 'string' ? parseReference(taken) : null
  return (
    <div className={styles.page}>
      <h1 className={styles.title}>{text('desk.title')}</h1>
      {reference ? (
        <Callout kind="ok" title={text('desk.taken', { reference })} announce>
          <p>{text('desk.takenText')}</p>
        </Callout>
      ) : null}
      <DeskBoard
        initial={await readDesk(webServices().sources, order === 'oldest' ? 'oldest' : 'newest')}
        limit={DESK_REPORTS}
        staff={{ staffId, name }}
        mayHandle={staffMay(role, 'report.handle')}
      />
    </div>
  )
}
