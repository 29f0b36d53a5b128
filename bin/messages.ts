import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { MESSAGES_FILE } from '../server/messages/file-sender.ts'
import { runWithUsage, wholeNumber } from './command-line.ts'
import { dataFolder } from './setup/project-folder.ts'
import { messagesFolder } from './supervisor/stack-environment.ts'

const LATEST = 5
const MOST = 1_000
const USAGE = `Usage: npm run messages -- [--last ${LATEST}]
Prints the latest messages that the demo wrote to customers instead of sending them: codes, links, news.`

const messageSchema = z.object({ at: z.string(), channel: z.string(), to: z.string(), subject: z.string(), text: z.string() })

await runWithUsage(USAGE, async () => {
  const { values } = parseArgs({ options: { last: { type: 'string' } } })
  const last = values.last === undefined ? LATEST : wholeNumber(values.last, 'last', 1, MOST)
  const path = join(messagesFolder(dataFolder()), MESSAGES_FILE)
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter((line) => line !== '') : []
  if (lines.length === 0) console.log(`No message was written yet (${path}).`)
  for (const line of lines.slice(-last)) {
    const { at, channel, to, subject, text } = messageSchema.parse(JSON.parse(line))
    console.log([`${at}  ${channel} to ${to}`, ...(subject === '' ? [] : [subject]), '', text.trimEnd(), ''].join('\n'))
  }
})
