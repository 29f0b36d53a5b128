import { parseArgs } from 'node:util'
import { UsageError } from './command-line.ts'
import { preloadFull } from './preload/preload-full.ts'
import { runCommand, SetupError } from './setup/setup-error.ts'

const USAGE = `Usage: npm run preload -- --full [--accept-difference] [--json]
  --full               fetches all accounts from the core system, judges them, loads what differs and renews the cache
  --accept-difference  also when far more is missing or changed than usual
  --json               how it ended as JSON on standard output
Exit code: 0 done, 1 refused or failed, with the reasons.`

/** `npm run preload`: brings accounts into the cache. */
await runCommand(async () => {
  const { values } = requested()
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  return preloadFull({ acceptDifference: values['accept-difference'], json: values.json })
})

function requested() {
  try {
    const parsed = parseArgs({
      options: {
        full: { type: 'boolean', default: false },
        'accept-difference': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (!parsed.values.full && !parsed.values.help) throw new UsageError('What is to be preloaded?')
    return parsed
  } catch (error) {
    throw new SetupError(`${(error as Error).message}\n${USAGE}`, { cause: error })
  }
}
