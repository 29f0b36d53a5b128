import { coreSimModeSchema, type CoreSimMode } from '../../processes/core-sim/core-sim-mode.ts'
import type { HeldDelivery } from '../../processes/core-sim/delivery-book.ts'
import type { Portal } from './portal.ts'

/** Switches the stand-in for the core system, as `npm run core` does. It starts in `up`. */
export async function switchCore(portal: Portal, mode: CoreSimMode['mode'], settings: object = {}): Promise<void> {
  await askCore(portal, '/control', coreSimModeSchema.parse({ mode, ...settings }))
}

/** What the stand-in holds of these ids, in the order of their arrival: each once, whatever came again. */
export async function heldByCore(portal: Portal, ids: readonly string[]): Promise<Pick<HeldDelivery, 'id' | 'kind' | 'reference' | 'times'>[]> {
  const { deliveries } = (await askCore(portal, '/control/deliveries?limit=10000')) as { deliveries: HeldDelivery[] }
  return deliveries.filter(({ id }) => ids.includes(id))
}

/** How often the same id came with other bytes, which may never be. */
export async function coreConflicts(portal: Portal): Promise<number> {
  const { counts } = (await askCore(portal, '/control')) as { counts: { conflicts: number } }
  return counts.conflicts
}

async function askCore({ stack: { env } }: Portal, path: string, body?: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${env.CORE_SYSTEM_TOKEN}`, 'content-type': 'application/json' }
  const answer = await fetch(new URL(path, env.CORE_SYSTEM_URL), { method: body ? 'POST' : 'GET', headers, body: body && JSON.stringify(body) })
  if (!answer.ok) throw new Error(`the stand-in answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}
