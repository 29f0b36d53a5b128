import { ButtonLink } from '../../components/button.tsx'
import { textIn } from '../../messages/text-in.ts'
import { Notice } from '../_shell/notice.tsx'
import { requestLocale } from '../_shell/request-locale.ts'

export default async function SignInForbidden() {
  const locale = await requestLocale()
  const text = textIn(locale)
  return (
    <Notice title={text('signIn.noRoleTitle')} words={text('signIn.noRoleText')}>
      <ButtonLink look="primary" href="/sign-in">
        {text('signIn.again')}
      </ButtonLink>
      <ButtonLink href={`/${locale}/report`}>{text('signIn.customers')}</ButtonLink>
    </Notice>
  )
}
