import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MessageCarrier } from './message.ts'

export const MESSAGES_FILE = 'messages.ndjson'

/** For the demo and tests: each message a line of JSON in a file of the folder, readable by its owner alone. */
export function fileSender(url: string): MessageCarrier {
  const folder = fileURLToPath(url)
  return {
    carry: async (message) => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await appendFile(join(folder, MESSAGES_FILE), `${JSON.stringify({ at: new Date().toISOString(), ...message })}\n`, { mode: 0o600 })
    },
    close: () => undefined,
  }
}
