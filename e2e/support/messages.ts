import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { messagesFolder } from '../../bin/supervisor/stack-environment.ts'
import { MESSAGES_FILE } from '../../server/messages/file-sender.ts'
import { expect } from './test.ts'
import type { Portal } from './portal.ts'

interface SentMessage {
  to: string
  template: string
  values: Record<string, string>
}

/** What a portal told somebody last by this template; waits for it. */
export async function messageTo(portal: Portal, to: string, template: string, { after = 0 }: { after?: number } = {}): Promise<SentMessage> {
  const ofThem = () => sentMessages(portal).filter((message) => message.to === to && message.template === template)
  await expect.poll(() => ofThem().length, { message: `messages of ${template}` }).toBeGreaterThan(after)
  return ofThem().at(-1)!
}

function sentMessages(portal: Portal): SentMessage[] {
  const path = join(messagesFolder(portal.stack.dataDir), MESSAGES_FILE)
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : []
  return lines.map((line) => JSON.parse(line) as SentMessage)
}
