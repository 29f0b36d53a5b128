import { systemClock, systemRandom } from '../../domain/clock.ts'
import { flipBack } from '../../server/accounts/generations.ts'
import { tellFlip } from '../../server/accounts/tell-flip.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { SetupError } from '../setup/setup-error.ts'
import { storeSettings } from '../store-settings.ts'
import { withRedis } from './with-redis.ts'

/** Lets the pinned generation of the account cache answer again. */
export async function preloadBack({ json }: { json: boolean }): Promise<number> {
  const { eventLogUrl, region, redisUrl } = storeSettings()
  const flipped = await withRedis(redisUrl, flipBack)
  if (!flipped) throw new SetupError('There is no generation to go back to: none was built yet, or Redis was folded anew since.')
  console.log(json ? JSON.stringify(flipped) : `Generation ${flipped.generation} answers: ${flipped.accounts.toLocaleString('en')} accounts. ${flipped.previous} is pinned.`)
  const log = await openEventLog({ url: eventLogUrl, clock: systemClock, region, node: 'preload' })
  try {
    await tellFlip(log, systemClock, systemRandom, { ...flipped, why: 'back' })
  } finally {
    await log.close()
  }
  return 0
}
