import { ButtonLink } from '../../../../components/button.tsx'
import { textIn } from '../../../../messages/text-in.ts'
import { Notice } from '../../../_shell/notice.tsx'
import { requestLocale } from '../../../_shell/request-locale.ts'

/** No account under this number, with status 404. */
export default async function NoSuchAccount() {
  const text = textIn(await requestLocale())
  return (
    <Notice title={text('desk.account.notHereTitle')} words={text('desk.account.notHereText')}>
      <ButtonLink look="primary" href="/desk">
        {text('desk.account.back')}
      </ButtonLink>
    </Notice>
  )
}
