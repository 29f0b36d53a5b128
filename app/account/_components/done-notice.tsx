import { randomUUID } from 'node:crypto'
import type { Text } from '../../../messages/text-in.ts'
import { Told } from './told.tsx'

const DONE = [
  'password-changed', 'passkey-added', 'passkey-renamed', 'passkey-removed', 'session-ended', 'invited', 'invitation-withdrawn',
  'role-changed', 'access-removed', 'access-left', 'account-added', 'invitation-accepted',
] as const

/** What the form before has done. @param done of the address: anything */
export function DoneNotice({ done, text }: { done: unknown; text: Text }) {
  const known = DONE.find((one) => one === done)
  return known ? <Told words={text(`identity.done.${known}`)} of={randomUUID()} /> : null
}
