import type { Locale } from '../../../../domain/report-choices.ts'
import { textIn } from '../../../../messages/text-in.ts'
import { listPasskeys, type OwnPasskey } from '../../../../server/identity/customers/own-passkeys.ts'
import { webServices } from '../../../../server/web-services.ts'
import { requestHeaders } from '../../../_shell/request-headers.ts'
import { IdentityForm } from '../../_components/identity-form.tsx'
import list from '../../_components/list.module.css'
import { knownNow } from '../../_components/known-now.ts'
import { NotNow } from '../../_components/not-now.tsx'
import { PasskeyAdd } from '../../_passkeys/passkey-add.tsx'
import { passkeyWords, suggestedName } from '../../_passkeys/passkey-words.ts'
import { dayIn } from '../../_components/day-in.ts'
import { nameOwnPasskey, removeOwnPasskey } from '../actions.ts'

export async function PasskeySection({ locale }: { locale: Locale }) {
  const text = textIn(locale)
  const passkeys = await knownNow(listPasskeys(webServices().customers, await requestHeaders()))
  if (passkeys === null) return <NotNow />
  return (
    <>
      {passkeys.length === 0 ? <p>{text('identity.security.passkeysNone')}</p> : null}
      <ul role="list" className={list.list}>
        {passkeys.map((passkey) => (
          <Passkey key={passkey.passkeyId} passkey={passkey} locale={locale} />
        ))}
      </ul>
      <PasskeyAdd words={passkeyWords(text)} suggested={await suggestedName(text)} />
    </>
  )
}

function Passkey({ passkey: { passkeyId, name, createdAt }, locale }: { passkey: OwnPasskey; locale: Locale }) {
  const text = textIn(locale)
  const shown = name || text('identity.security.passkeyUnnamed')
  return (
    <li className={list.item}>
      <p className={list.what}>
        <strong>{shown}</strong>
        {createdAt ? <span className={list.note}>{text('identity.security.passkeySince', { date: dayIn(locale, createdAt) })}</span> : null}
      </p>
      <IdentityForm id={`remove-${passkeyId}`} action={removeOwnPasskey} fields={[]} hidden={{ passkeyId }} submit={text('identity.security.passkeyRemove')} about={shown} look="secondary" />
      <details className={list.fold}>
        <summary>{text('identity.security.passkeyRename')}</summary>
        <div className={list.folded}>
          <IdentityForm
            id={`name-${passkeyId}`}
            action={nameOwnPasskey}
            fields={[{ kind: 'text', name: 'name', label: text('identity.security.passkeyName'), defaultValue: shown, maxLength: 60, autoComplete: 'off' }]}
            hidden={{ passkeyId }}
            submit={text('identity.security.passkeyRename')}
            about={shown}
            look="secondary"
          />
        </div>
      </details>
    </li>
  )
}
