import { parseArgs } from 'node:util'
import { standUpBrokers, type StandingBrokers } from './setup/kafka-standing.ts'
import { showProgress } from './setup/progress.ts'
import { dataFolder } from './setup/project-folder.ts'
import { runCommand, SetupError } from './setup/setup-error.ts'
import { checkDataFolder } from './start/check-surroundings.ts'

const usage = `Usage: npm run kafka:up -- [--brokers 1|3] [--json]
  Starts Apache Kafka on this machine, with its data in the data folder, and leaves it running.
  --brokers  3 (default; some 800 MB of memory) or 1, which survives no loss of a broker`

interface Request {
  count: number
  json: boolean
  help: boolean
}

function readRequest(): Request {
  try {
    const { values } = parseArgs({ options: { brokers: { type: 'string', default: '3' }, json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } } })
    if (!['1', '3'].includes(values.brokers)) throw new Error('There are 1 or 3 brokers.')
    return { count: Number(values.brokers), json: values.json, help: values.help }
  } catch (error) {
    throw new SetupError(`${(error as Error).message}\n${usage}`)
  }
}

await runCommand(async () => {
  const { count, json, help } = readRequest()
  if (help) return console.log(usage)
  checkDataFolder(dataFolder())
  const start = (say?: (detail: string) => void) => standUpBrokers(dataFolder(), count, say)
  const standing = json ? await start() : await showProgress(count === 1 ? 'Kafka broker' : 'Kafka brokers', start)
  console.log(json ? JSON.stringify(standing) : words(standing))
})

function words({ folder, url, already, brokers }: StandingBrokers): string {
  const what = brokers.length === 1 ? 'The Kafka broker' : `The ${brokers.length} Kafka brokers`
  const run = brokers.length === 1 ? 'runs' : 'run'
  return `${what} ${already ? `already ${run}` : run}; data and logs are in ${folder}

  EVENT_LOG_URL=${url} npm start

To stop: npm run kafka:down`
}
