import { connect } from 'node:net'
import { EnvironmentError, readEnvironment } from '../../server/platform/environment.ts'
import { readKafkaUrl } from '../../server/platform/event-log/kafka/kafka-url.ts'
import { SetupError } from '../setup/setup-error.ts'

const answerWithinMs = 3000

type Variables = Readonly<Record<string, string | undefined>>

/** Refuses an event log that was named and cannot be one, or of which no broker can be reached; the message shows no secret. */
export async function checkGivenLog(variables: Variables): Promise<void> {
  const url = variables['EVENT_LOG_URL']
  if (!url) return
  if (!url.startsWith('kafka:')) {
    readEnvironment(['EVENT_LOG_URL'], variables)
    return
  }
  const brokers = brokersOf(url, variables)
  try {
    await Promise.any(brokers.map(reach))
  } catch {
    const places = brokers.map(({ host, port }) => `${host}:${port}`)
    throw new SetupError(`EVENT_LOG_URL points at Kafka, and none of its brokers can be reached: ${places.join(', ')}.\nStart them (npm run kafka:up starts some on this machine), or name others.`)
  }
}

function brokersOf(url: string, variables: Variables): { host: string; port: number }[] {
  try {
    return readKafkaUrl(url, variables).bootstrap
  } catch (error) {
    if (error instanceof TypeError) throw new EnvironmentError(`EVENT_LOG_URL: ${error.message}`)
    throw error
  }
}

function reach(place: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...place, timeout: answerWithinMs })
    const end = (settle: () => void) => () => {
      socket.destroy()
      settle()
    }
    socket.once('connect', end(resolve))
    socket.once('error', end(() => reject(new Error('refused'))))
    socket.once('timeout', end(() => reject(new Error('no answer'))))
  })
}
