import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { RestCoreSystem } from '../../../server/core-system/rest/rest-core-system.ts'
import type { EventLog } from '../../../server/platform/event-log/event-log.ts'
import { openEventLog } from '../../../server/platform/event-log/open-event-log.ts'
import { createLogger } from '../../../server/platform/logger.ts'
import { runDeliveryReactor } from './delivery-reactor.ts'

/**
 * Delivers until it is killed, which it does itself at the n-th time at a point. Arguments: the log's URL, the core system's and its
 * token, the point (`before-call`, `after-call`: taken and not logged, `after-append`: logged, and no cursor saved) and n.
 */
const [logUrl = '', coreUrl = '', token = '', point = '', times = ''] = process.argv.slice(2)
let left = Number(times)

/** Never returns at the time that was asked for. */
function reach(name: string): void {
  if (name === point && --left <= 0) process.kill(process.pid, 'SIGKILL')
}

const opened = await openEventLog({ url: logUrl, clock: systemClock, region: 'test', node: 'doomed' })
const log: EventLog = {
  ...opened,
  append: async (events) => {
    const appended = await opened.append(events)
    if (events.some(({ type }) => type === 'outage.delivered.v1')) reach('after-append')
    return appended
  },
}
const rest = new RestCoreSystem({ url: new URL(coreUrl), token, tls: {}, timeoutMs: 10_000, production: false, clock: systemClock, random: systemRandom })
await runDeliveryReactor({
  log,
  core: {
    deliverReport: async (delivery, call) => {
      reach('before-call')
      const receipt = await rest.deliverReport(delivery, call)
      reach('after-call')
      return receipt
    },
  },
  perSecond: 500, atOnce: 4, clock: systemClock, random: systemRandom, logger: createLogger('test', 'silent'), signal: new AbortController().signal,
})
