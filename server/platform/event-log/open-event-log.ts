import { fileURLToPath } from 'node:url'
import { isAbsolute } from 'node:path'
import type { Clock } from '../../../domain/clock.ts'
import type { Logger } from '../logger.ts'
import { openEmbeddedEventLog } from './embedded-event-log.ts'
import type { EventLog } from './event-log.ts'

export interface OpenEventLogOptions {
  /** `sqlite:/absolute/path/event-log.sqlite` */
  url: string
  clock: Clock
  /** Where this deployment stands; part of every envelope. */
  region: string
  /** The process's name; each start adds a suffix of its own. */
  node: string
  logger?: Logger
}

/** Opens the log that a URL names and makes it when there is none. Throws LogUnavailableError; TypeError for a URL of another kind. */
export function openEventLog({ url, ...options }: OpenEventLogOptions): Promise<EventLog> {
  return openEmbeddedEventLog({ ...options, path: pathOf(url) })
}

function pathOf(url: string): string {
  const path = url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : ''
  if (path.startsWith('///')) return fileURLToPath(`file:${path}`)
  if (!isAbsolute(path)) throw new TypeError('The event log must be given as sqlite:/absolute/path/event-log.sqlite')
  return path
}
