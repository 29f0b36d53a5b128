import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { renderSVG } from 'uqr'
import { systemRandom } from '../../../domain/clock.ts'
import { textIn } from '../../../messages/text-in.ts'
import { beginEnrolment, type Enrolment } from '../../../server/identity/enrol-factor.ts'
import { requireStaff } from '../../../server/identity/require-staff.ts'
import { NotSignedInError } from '../../../server/platform/errors.ts'
import { webServices } from '../../../server/web-services.ts'
import { requestHeaders } from '../../_shell/request-headers.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import styles from '../sign-in.module.css'
import { EnrolForm } from './_components/enrol-form.tsx'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('signIn.enrol.title'), robots: { index: false } }
}

export default async function EnrolPage() {
  const enrolment = await enrolmentOrSignIn()
  const text = textIn(await requestLocale())
  const qr = enrolment ? `data:image/svg+xml;base64,${Buffer.from(renderSVG(enrolment.uri)).toString('base64')}` : null
  return (
    <div className={styles.page}>
      <h1>{text('signIn.enrol.title')}</h1>
      <EnrolForm qr={qr} secret={enrolment?.secret ?? null} />
    </div>
  )
}

/** Null for who is signed in already: they have just enrolled, and see their recovery codes. */
async function enrolmentOrSignIn(): Promise<Enrolment | null> {
  const sent = await requestHeaders()
  const { staff } = webServices()
  try {
    return await beginEnrolment({ ...staff.signIn, random: systemRandom }, sent)
  } catch (error) {
    if (!(error instanceof NotSignedInError)) throw error
  }
  try {
    await requireStaff(staff.signIn.auth, sent)
    return null
  } catch (error) {
    if (error instanceof NotSignedInError) redirect('/sign-in')
    throw error
  }
}
