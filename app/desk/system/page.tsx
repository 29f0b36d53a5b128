import type { Metadata } from 'next'
import { textIn } from '../../../messages/text-in.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import { staffOrSignIn } from '../_staff/staff-or-sign-in.ts'
import { ErasureList } from './_components/erasure-list.tsx'
import { SystemBoard } from './_components/system-board.tsx'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('desk.system.title'), robots: { index: false } }
}

export default async function SystemPage() {
  await staffOrSignIn('system.read')
  return (
    <>
      <SystemBoard />
      <ErasureList locale={await requestLocale()} />
    </>
  )
}
