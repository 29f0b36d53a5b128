'use client'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../../../components/button.tsx'
import { askForPasskey, signInByPasskey } from '../sign-in/passkey-actions.ts'
import { PasskeyNotice } from './passkey-notice.tsx'
import styles from './passkeys.module.css'
import { assertionJson, requestOptions } from './web-authn.ts'

interface PasskeySignInWords {
  submit: string
  hint: string
  cancelled: string
  notHere: string
  failed: string
}

/**
 * Signs in with a passkey: by its button, and among what the browser offers in the email field. The one that waits there
 * gives way to the button, for a page may ask for one passkey at a time.
 */
export function PasskeySignIn({ next, words }: { next: string; words: PasskeySignInWords }) {
  const [told, setTold] = useState<string | null>(null)
  const [pending, setPending] = useState(false)
  const offered = useRef<AbortController>(null)
  useEffect(() => {
    const controller = new AbortController()
    offered.current = controller
    // What goes wrong there was asked for by nobody: the button and the password stand beside it.
    offerInField(next, controller.signal).then(setTold, () => undefined)
    return () => controller.abort()
  }, [next])

  const press = async () => {
    offered.current?.abort()
    setTold(null)
    if (!('PublicKeyCredential' in window)) return setTold(words.notHere)
    setPending(true)
    try {
      setTold(await signInBy('optional', next, new AbortController().signal))
    } catch (error) {
      setTold(error instanceof DOMException ? words.cancelled : words.failed)
    } finally {
      setPending(false)
    }
  }
  return (
    <div className={styles.scripted}>
      <Button aria-disabled={pending} aria-describedby="passkey-hint" onClick={pending ? undefined : () => void press()}>
        {words.submit}
      </Button>
      <p id="passkey-hint" className={styles.hint}>
        {words.hint}
      </p>
      <PasskeyNotice words={told} />
    </div>
  )
}

async function offerInField(next: string, signal: AbortSignal): Promise<string | null> {
  const offers = 'PublicKeyCredential' in window && typeof PublicKeyCredential.isConditionalMediationAvailable === 'function'
  return offers && (await PublicKeyCredential.isConditionalMediationAvailable()) && !signal.aborted ? signInBy('conditional', next, signal) : null
}

/** Goes on as whoever chose a passkey; else why that was not accepted. Throws DOMException as the browser does. */
async function signInBy(mediation: CredentialMediationRequirement, next: string, signal: AbortSignal): Promise<string | null> {
  const asked = await askForPasskey()
  if ('words' in asked) return mediation === 'conditional' ? null : asked.words
  signal.throwIfAborted()
  const credential = await navigator.credentials.get({ publicKey: requestOptions(asked.options), mediation, signal })
  if (!credential) return null
  // With `publicKey` alone, nothing else is given.
  const answer = await signInByPasskey(assertionJson(credential as PublicKeyCredential), next)
  if ('words' in answer) return answer.words
  window.location.assign(answer.path)
  return null
}
