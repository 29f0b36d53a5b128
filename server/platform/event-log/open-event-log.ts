import { fileURLToPath } from 'node:url'
import { isAbsolute, resolve } from 'node:path'
import type { Clock } from '../../../domain/clock.ts'
import type { Logger } from '../logger.ts'
import { openEmbeddedEventLog } from './embedded-event-log.ts'
import type { EventLog } from './event-log.ts'
import { readKafkaUrl } from './kafka/kafka-url.ts'

export interface OpenEventLogOptions {
  /** `sqlite:/absolute/path/event-log.sqlite`, or `kafka://host:port,host:port…` as readKafkaUrl takes it */
  url: string
  clock: Clock
  /** Where this deployment stands; part of every envelope. */
  region: string
  /** The process's name; each start adds a suffix of its own. */
  node: string
  logger?: Logger
}

/**
 * Opens the log that a URL names and makes it when there is none. Kafka's secrets and the folder of its local index
 * (STORMDOOR_DATA; else in memory) come from the process's environment.
 * Throws LogUnavailableError; TypeError for a URL of another kind.
 */
export function openEventLog({ url, ...options }: OpenEventLogOptions): Promise<EventLog> {
  if (!url.startsWith('kafka:')) return openEmbeddedEventLog({ ...options, path: pathOf(url) })
  const settings = readKafkaUrl(url, process.env)
  const { STORMDOOR_DATA: folder } = process.env
  const indexPath = folder ? resolve(folder, 'log-index', `${options.node}.sqlite`) : null
  // Who has no brokers pays nothing for the client.
  return import('./kafka/kafka-event-log.ts').then(({ openKafkaEventLog }) => openKafkaEventLog({ ...options, settings, indexPath }))
}

function pathOf(url: string): string {
  const path = url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : ''
  if (path.startsWith('///')) return fileURLToPath(`file:${path}`)
  if (!isAbsolute(path)) throw new TypeError('The event log must be given as sqlite:/absolute/path/event-log.sqlite or kafka://host:port,host:port')
  return path
}
