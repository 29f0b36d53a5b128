import { textIn } from '../../messages/text-in.ts'
import { utility } from '../../utility.config.ts'
import type { Message, WrittenMessage } from './message.ts'

/** The words of a message, in the language of whoever gets it. */
export function writeMessage(message: Message): WrittenMessage {
  const text = textIn(message.locale)
  const values = { utility: utility.name, phone: utility.outageLine.shown, ...message.values }
  const { template } = message
  if (message.channel === 'sms') return { ...message, subject: '', text: text(`messages.${template}.text`, values) }
  const body = [text(`messages.${template}.text`, values), text('messages.closing', values)].join('\n\n')
  return { ...message, subject: text(`messages.${template}.subject`, values), text: `${body}\n` }
}
