import type { Metadata } from 'next'
import { textIn } from '../../../../messages/text-in.ts'
import { requestLocale } from '../../../_shell/request-locale.ts'
import { fieldsOf } from '../../_components/fields-of.ts'
import { IdentityForm } from '../../_components/identity-form.tsx'
import { NoCode } from '../../_components/no-code.tsx'
import { Opening } from '../../_components/opening.tsx'
import { finishSignUp } from '../actions.ts'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('identity.codeStep.title'), robots: { index: false } }
}

/** The same for every id, known or not: nobody learns from it who is a customer. */
export default async function SignUpCodePage({ params }: { params: Promise<{ signUpId: string }> }) {
  const { signUpId } = await params
  const text = textIn(await requestLocale())
  const { code, newEmail, newPassword } = fieldsOf(text)
  return (
    <>
      <Opening title={text('identity.codeStep.title')} lead={text('identity.codeStep.lead')} />
      <IdentityForm
        id="code"
        action={finishSignUp}
        hidden={{ signUpId }}
        fields={[code, newEmail(text('identity.codeStep.emailHint')), newPassword()]}
        submit={text('identity.codeStep.submit')}
      />
      <NoCode again="/account/sign-up" text={text} />
    </>
  )
}
