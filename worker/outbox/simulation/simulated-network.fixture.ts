import type { Reached, Reaction, TransportUnderTest } from '../conformance-transport.ts'
import { runningDevice } from './running-device.fixture.ts'
import { SimulatedNetwork } from './simulated-network.ts'
import type { Request, WireAnswer } from './simulated-door.ts'

/** The simulation's network with its own time and a door that does as it is told, for the suite that every transport passes. */
export function simulatedNetwork(): TransportUnderTest {
  const { device, end } = runningDevice()
  const reached: Reached[] = []
  let reaction: Reaction = 'hang'
  const answer = (): WireAnswer => {
    if (typeof reaction === 'string') {
      if (reaction !== 'hang') network.cut()
      return { status: 0, contentType: null, headers: {}, text: '' }
    }
    const { status, headers, text } = reaction
    return { status, contentType: headers['content-type'] ?? null, headers, text }
  }
  const door = {
    async take({ path, bytes, headers }: Request) {
      reached.push({ path, body: bytes, headers })
      if (reaction === 'hang') await new Promise(() => {})
      return answer()
    },
    publishedKeys: answer,
    falseReceipt: () => Promise.resolve(''),
  }
  const { scheduler, random, trace } = device
  const network = new SimulatedNetwork({ scheduler, random, trace, door, witness: { committed() {}, draftPassed() {}, troubled() {}, sending: () => ({ arrived() {}, answered() {}, ended() {} }) } })
  return {
    transport: network.transportFor(device.start('page', () => {})),
    reached,
    reactWith: (next) => void (reaction = next),
    end,
  }
}
