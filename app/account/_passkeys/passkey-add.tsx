'use client'
import { type FormEvent, useState } from 'react'
import { Button } from '../../../components/button.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { addPasskey, askForNewPasskey } from '../security/passkey-actions.ts'
import { PasskeyNotice } from './passkey-notice.tsx'
import styles from './passkeys.module.css'
import { creationOptions, registrationJson } from './web-authn.ts'

export interface PasskeyAddWords {
  name: string
  submit: string
  asking: string
  cancelled: string
  already: string
  notHere: string
  failed: string
}

/** Makes a passkey on this device for whoever is signed in. @param suggested its name, unless another is typed */
export function PasskeyAdd({ words, suggested, look = 'secondary' }: { words: PasskeyAddWords; suggested: string; look?: 'primary' | 'secondary' }) {
  const [told, setTold] = useState<string | null>(null)
  const [pending, setPending] = useState(false)
  const add = async (name: string) => {
    setTold(null)
    if (!('PublicKeyCredential' in window)) return setTold(words.notHere)
    setPending(true)
    try {
      setTold(await makePasskey(name))
    } catch (error) {
      setTold(error instanceof DOMException ? (error.name === 'InvalidStateError' ? words.already : words.cancelled) : words.failed)
    } finally {
      setPending(false)
    }
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = new FormData(event.currentTarget).get('name')
    if (!pending) void add(typeof name === 'string' && name.trim() !== '' ? name : suggested)
  }
  return (
    <form className={styles.scripted} onSubmit={submit}>
      <TextField label={words.name} name="name" defaultValue={suggested} maxLength={60} autoComplete="off" />
      <Button type="submit" look={look} aria-disabled={pending}>
        {pending ? words.asking : words.submit}
      </Button>
      <PasskeyNotice words={told} />
    </form>
  )
}

/** Shows the page anew once the passkey is kept; else why it is not. Throws DOMException as the browser does. */
async function makePasskey(name: string): Promise<string | null> {
  const asked = await askForNewPasskey()
  if ('path' in asked) window.location.assign(asked.path)
  if (!('options' in asked)) return 'words' in asked ? asked.words : null
  const credential = await navigator.credentials.create({ publicKey: creationOptions(asked.options) })
  if (!credential) return null
  // With `publicKey` alone, nothing else is given.
  const answer = await addPasskey(registrationJson(credential as PublicKeyCredential), name)
  if ('words' in answer) return answer.words
  window.location.assign(answer.path)
  return null
}
