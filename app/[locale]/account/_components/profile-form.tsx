'use client'
import { type FormEvent, useState } from 'react'
import { Button } from '../../../../components/button.tsx'
import { Callout } from '../../../../components/callout.tsx'
import { ChoiceGroup } from '../../../../components/choice-group.tsx'
import { TextField } from '../../../../components/text-field.tsx'
import { systemClock, systemRandom } from '../../../../domain/clock.ts'
import type { Me, Profile } from '../../../../domain/me.ts'
import type { Locale } from '../../../../domain/report-choices.ts'
import { uuidV7 } from '../../../../domain/uuid.ts'
import { useAccountText } from './account-text.tsx'
import { saveProfile } from './ask-me.ts'
import { LANGUAGE_NAMES } from './language-names.ts'
import { profileFromFields } from './profile-from-fields.ts'
import styles from './my-account.module.css'

type Phase = 'open' | 'touched' | 'saving' | 'saved' | 'changed-meanwhile' | 'signed-out' | 'unclear' | 'wrong'

interface Props {
  me: Me
  /** False: nothing can be changed just now. */
  reached: boolean
  locales: readonly Locale[]
  onChanged: (profile: Profile) => void
  /** It was changed elsewhere: to be read again. */
  onStale: () => void
}

/** How the customer wants to be reached. What somebody types here is never taken away by a change from elsewhere: saving tells of it. */
export function ProfileForm({ me, reached, locales, onChanged, onStale }: Props) {
  const { text } = useAccountText()
  const [phase, setPhase] = useState<Phase>('open')
  const [wrong, setWrong] = useState<readonly string[]>([])
  /** What a change is based on, and what the fields were filled with. */
  const [base, setBase] = useState(me.profile)
  const [filled, setFilled] = useState(me.profile)
  /** What is read may lag behind what was saved. */
  const [superseded, setSuperseded] = useState<readonly (string | null)[]>([])
  // The same change, sent again because nobody knows what became of it, has the same id.
  const [sent, setSent] = useState<{ body: string; changeId: string } | null>(null)
  const untouched = phase !== 'touched' && phase !== 'saving' && phase !== 'unclear' && phase !== 'wrong'
  if (untouched && base.version !== me.profile.version && !superseded.includes(me.profile.version)) {
    setBase(me.profile)
    setFilled(me.profile)
  }
  const fault = (field: string, words: string) => (wrong.some((one) => one.startsWith(field)) ? words : undefined)
  return (
    <form key={filled.version ?? 'first'} className={styles.form} noValidate onSubmit={(event) => void save(event)} onChange={() => setPhase('touched')} aria-describedby="profile-offline">
      <fieldset className={styles.fields} disabled={!reached || phase === 'saving'}>
        <ChoiceGroup id="profile-language" kind="one" name="language" legend={text('language')} choices={locales.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))} chosen={[filled.language]} />
        <ChoiceGroup
          id="profile-channels"
          kind="many"
          name="channels"
          legend={text('channels')}
          hint={text('channelsHint')}
          choices={(['sms', 'email'] as const).map((value) => ({ value, label: text(`channel.${value}`) }))}
          chosen={filled.channels}
        />
        <TextField id="profile-phone" name="phone" type="tel" autoComplete="tel" label={text('phone')} defaultValue={filled.phone} error={fault('/phone', text('phoneWrong'))} />
        <TextField id="profile-email" name="email" type="email" autoComplete="email" label={text('email')} hint={text('emailHint')} defaultValue={filled.email} error={fault('/email', text('emailWrong'))} />
        <fieldset className={styles.quiet}>
          <legend>{text('quiet')}</legend>
          <p className={styles.soft}>{text('quietHint')}</p>
          <div className={styles.hours}>
            <TextField id="profile-from" name="quietFrom" type="time" label={text('quietFrom')} defaultValue={filled.quietHours?.from} error={fault('/quietHours', text('quietWrong'))} />
            <TextField id="profile-until" name="quietUntil" type="time" label={text('quietUntil')} defaultValue={filled.quietHours?.until} />
          </div>
        </fieldset>
        <p>
          <Button type="submit" look="primary">
            {text(phase === 'saving' ? 'saving' : 'save')}
          </Button>
        </p>
      </fieldset>
      <p id="profile-offline" className={styles.soft}>
        {reached ? '' : text('notNow')}
      </p>
      <Told phase={phase} />
    </form>
  )

  async function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const content = profileFromFields(new FormData(form), base)
    if ('wrong' in content) {
      refuse(form, content.wrong)
      return
    }
    const body = JSON.stringify(content)
    const changeId = sent?.body === body ? sent.changeId : uuidV7(systemClock, systemRandom)
    setSent({ body, changeId })
    setWrong([])
    setPhase('saving')
    const outcome = await saveProfile({ changeId, basedOn: base.version, ...content })
    if ('done' in outcome) {
      setSuperseded([...superseded, base.version])
      setBase(outcome.done)
      setPhase('saved')
      onChanged(outcome.done)
      return
    }
    if (outcome.failed === 'wrong') refuse(form, outcome.fields)
    else setPhase(outcome.failed === 'sign-in-again' ? 'signed-out' : outcome.failed)
    if (outcome.failed === 'changed-meanwhile') onStale()
  }

  function refuse(form: HTMLFormElement, fields: readonly string[]) {
    setWrong(fields)
    setPhase('wrong')
    const name = fields[0]?.startsWith('/quietHours') ? 'quietFrom' : fields[0]?.slice(1)
    // Once it may be used again.
    setTimeout(() => form.querySelector<HTMLElement>(`[name="${name}"]`)?.focus())
  }
}

/** What became of the last try to save, read aloud. */
function Told({ phase }: { phase: Phase }) {
  const { text, locale } = useAccountText()
  if (phase === 'saved') return <Callout kind="ok" title={text('saved')} announce />
  if (phase === 'signed-out') {
    return (
      <Callout kind="warn" title={text('sessionOver')} announce>
        <p>
          <a href={`/account/sign-in?next=/${locale}/account`}>{text('signIn')}</a>
        </p>
      </Callout>
    )
  }
  if (phase !== 'changed-meanwhile' && phase !== 'unclear') return null
  return (
    <Callout kind="warn" title={text(phase === 'unclear' ? 'unclearTitle' : 'meanwhileTitle')} announce>
      <p>{text(phase === 'unclear' ? 'unclearText' : 'meanwhileText')}</p>
    </Callout>
  )
}
