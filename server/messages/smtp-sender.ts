import { createTransport } from 'nodemailer'
import type { MessageCarrier } from './message.ts'

/** A mail server that hangs must not hold a place for ever. */
const CONNECT_MS = 10_000
const SILENT_MS = 30_000

/**
 * Mail by SMTP. `smtps://user:password@host:465` is TLS from the start; `smtp://host:587` goes over to TLS when the server can,
 * and with `?requireTLS=true` refuses one that cannot.
 */
export function smtpSender(url: string, from: string): MessageCarrier {
  const transport = createTransport({ url, pool: true, connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: SILENT_MS, disableFileAccess: true, disableUrlAccess: true })
  return {
    carry: async ({ to, subject, text }) => {
      const failure = await transport.sendMail({ from, to: { name: '', address: to }, subject, text }).then(() => null, reasonOf)
      if (failure !== null) throw new Error(`The mail server did not take a message: ${failure}`)
    },
    close: () => transport.close(),
  }
}

/** What the library says besides may name the recipient. */
function reasonOf(error: { code?: unknown; responseCode?: unknown }): string {
  return [error.code, error.responseCode].filter(Boolean).join(' ') || 'no reason'
}
