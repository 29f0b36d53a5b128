import { Callout } from '../../../components/callout.tsx'
import { textIn } from '../../../messages/text-in.ts'
import { requestLocale } from '../../_shell/request-locale.ts'

/** Stands in for what only Postgres knows while it does not answer. */
export async function NotNow() {
  const text = textIn(await requestLocale())
  return (
    <Callout kind="info">
      <p>{text('identity.security.notNow')}</p>
    </Callout>
  )
}
