import { parseArgs } from 'node:util'
import { UsageError } from './command-line.ts'
import { preloadBack } from './preload/preload-back.ts'
import { preloadFull } from './preload/preload-full.ts'
import { preloadStatus } from './preload/preload-status.ts'
import { preloadWarm } from './preload/preload-warm.ts'
import { runCommand, SetupError } from './setup/setup-error.ts'

const USAGE = `Usage: npm run preload -- --full | --warm | --back | --status [--accept-difference] [--json]
  --full               fetches all accounts from the core system, judges them, loads what differs and renews the cache
  --warm               builds the cache anew from what the portal knows, beside the one that answers, and flips
  --back               lets the generation answer again that did before the last flip
  --status             the generations of the cache, and the memory that each takes
  --accept-difference  with --full and --warm: also when far more is missing or changed than usual
  --json               how it ended as JSON on standard output
Exit code: 0 done, 1 refused or failed, with the reasons.`

const ACTIONS = {
  full: preloadFull,
  warm: preloadWarm,
  back: preloadBack,
  status: preloadStatus,
} satisfies Record<string, (options: { acceptDifference: boolean; json: boolean }) => Promise<number>>

/** `npm run preload`: brings accounts into the cache. */
await runCommand(async () => {
  const { values } = requested()
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  const action = chosenOf(values)[0]!
  return ACTIONS[action]({ acceptDifference: values['accept-difference'], json: values.json })
})

type Action = keyof typeof ACTIONS

function chosenOf(values: Record<Action, boolean>): Action[] {
  return (Object.keys(ACTIONS) as Action[]).filter((action) => values[action])
}

function requested() {
  try {
    const parsed = parseArgs({
      options: {
        full: { type: 'boolean', default: false },
        warm: { type: 'boolean', default: false },
        back: { type: 'boolean', default: false },
        status: { type: 'boolean', default: false },
        'accept-difference': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (!parsed.values.help && chosenOf(parsed.values).length !== 1) throw new UsageError('One of --full, --warm, --back and --status.')
    return parsed
  } catch (error) {
    throw new SetupError(`${(error as Error).message}\n${USAGE}`, { cause: error })
  }
}
