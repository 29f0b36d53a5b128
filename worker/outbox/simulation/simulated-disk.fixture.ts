import type { StoreUnderTest } from '../conformance-store.ts'
import { runningDevice } from './running-device.fixture.ts'
import { SimulatedDisk } from './simulated-disk.ts'

/** The simulation's disk with its own time and nobody watching, for the suite that every store passes. */
export function simulatedDisk(): StoreUnderTest {
  const { device, end } = runningDevice()
  const { random, trace, code } = device
  const disk = new SimulatedDisk({ random, trace, code, witness: { committed() {}, draftPassed() {}, troubled() {}, sending: () => ({ arrived() {}, answered() {}, ended() {} }) } })
  return {
    open: () => disk.storeFor(device.start('page', () => {}), () => {}),
    failCommits: () => void (disk.mood = 'full'),
    refuse: () => void (disk.mood = 'refuses'),
    end,
  }
}
