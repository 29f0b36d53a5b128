import type { Locale } from '../../domain/report-choices.ts'
import { fileSender } from './file-sender.ts'
import type { MessageSettings } from './message-settings.ts'
import { smsGateway } from './sms-gateway.ts'
import { smtpSender } from './smtp-sender.ts'
import { type MessageTemplate, writeMessage } from './write-message.ts'

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

export interface MessageSender {
  /** Throws when the mail server or the gateway did not take it. */
  send(message: Message): Promise<void>
  close(): void
}

/** Sends by what the settings name: SMTP and a gateway for text messages, or both into a file. */
export function createMessageSender({ emailUrl, smsUrl, from }: MessageSettings): MessageSender {
  const carriers: Record<MessageChannel, MessageCarrier> = { email: carrierOf(emailUrl, from), sms: carrierOf(smsUrl, from) }
  return {
    send: (message) => carriers[message.channel].carry(writeMessage(message)),
    close: () => {
      for (const carrier of Object.values(carriers)) carrier.close()
    },
  }
}

function carrierOf(url: string, from: string): MessageCarrier {
  if (url.startsWith('file:')) return fileSender(url)
  return url.startsWith('smtp') ? smtpSender(url, from) : smsGateway(url)
}
