import { seededChoices } from './choices.ts'
import { outboxCode } from './code-under-test.ts'
import { Device } from './device.ts'

/** A device whose time goes on by itself until it is ended. */
export function runningDevice(): { device: Device; end: () => Promise<void> } {
  const device = new Device({ random: seededChoices(1), code: outboxCode, keys: [] })
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  const ended = new AbortController()
  const running = (async () => {
    while (!ended.signal.aborted) if (!(await device.step(turn))) await turn()
  })()
  return {
    device,
    end() {
      ended.abort()
      return running
    },
  }
}
