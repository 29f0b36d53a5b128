import { fileSender } from './file-sender.ts'
import type { Message, MessageCarrier, MessageChannel } from './message.ts'
import type { MessageSettings } from './message-settings.ts'
import { smsGateway } from './sms-gateway.ts'
import { smtpSender } from './smtp-sender.ts'
import { writeMessage } from './write-message.ts'

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
