import type { Locale } from '../../domain/report-choices.ts'

export const MESSAGE_TEMPLATES = ['sign-up-code', 'account-code', 'reset-link', 'no-login', 'has-login', 'invitation', 'new-owner', 'password-changed', 'passkey-added'] as const
type MessageTemplate = (typeof MESSAGE_TEMPLATES)[number]

export type MessageChannel = 'sms' | 'email'

/** What is to be told to somebody: the words are chosen by template and language. */
export interface Message {
  /** E.164, or an email address. */
  to: string
  channel: MessageChannel
  locale: Locale
  template: MessageTemplate
  /** What stands in the words: codes and links too, so a message is never logged. */
  values: Readonly<Record<string, string>>
}

/** A message as it goes out. */
export interface WrittenMessage extends Message {
  /** Of an email alone. */
  subject: string
  text: string
}

/** One way out. */
export interface MessageCarrier {
  /** Resolves when somebody else has it; rejects with a reason that holds no personal field. */
  carry(message: WrittenMessage): Promise<void>
  close(): void
}
