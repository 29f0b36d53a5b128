import { headers } from 'next/headers'
import type { Text } from '../../../messages/text-in.ts'
import { deviceOf } from '../_session/device-of.ts'
import type { PasskeyAddWords } from './passkey-add.tsx'

export function passkeyWords(text: Text): PasskeyAddWords {
  return {
    name: text('identity.security.passkeyName'),
    submit: text('identity.security.passkeyAdd'),
    asking: text('identity.security.passkeyAdding'),
    cancelled: text('identity.passkey.addCancelled'),
    already: text('identity.passkey.already'),
    notHere: text('identity.passkey.notHere'),
    failed: text('identity.passkey.failed'),
  }
}

/** What a person would call a passkey of the device that asks. */
export async function suggestedName(text: Text): Promise<string> {
  const { system, browser } = deviceOf((await headers()).get('user-agent'))
  return system ?? browser ?? text('identity.security.passkeyUnnamed')
}
