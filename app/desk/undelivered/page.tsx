import type { Metadata } from 'next'
import { staffMay } from '../../../domain/staff-permissions.ts'
import { textIn } from '../../../messages/text-in.ts'
import { webServices } from '../../../server/web-services.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import { staffOrSignIn } from '../_staff/staff-or-sign-in.ts'
import { UndeliveredBoard } from './_components/undelivered-board.tsx'
import { readUndelivered } from './undelivered-view.ts'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('desk.delivery.title'), robots: { index: false } }
}

export default async function UndeliveredPage() {
  const staff = await staffOrSignIn('desk.read')
  return <UndeliveredBoard initial={await readUndelivered(webServices(), staff)} mayRedo={staffMay(staff.role, 'delivery.redo')} />
}
