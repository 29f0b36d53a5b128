import { ButtonLink } from '../../components/button.tsx'
import { textIn } from '../../messages/text-in.ts'
import { Notice } from '../_shell/notice.tsx'
import { requestLocale } from '../_shell/request-locale.ts'

/** What a role may not see, with status 403. */
export default async function DeskForbidden() {
  const text = textIn(await requestLocale())
  return (
    <Notice title={text('desk.forbiddenTitle')} words={text('desk.forbiddenText')}>
      <ButtonLink look="primary" href="/desk">
        {text('desk.back')}
      </ButtonLink>
    </Notice>
  )
}
