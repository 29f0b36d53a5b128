import { join } from 'node:path'
import { temporaryFolder } from '../../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { startCoreSim } from '../../../processes/core-sim/start-core-sim.ts'
import { describeCoreSystem } from '../conformance.ts'
import { RestCoreSystem } from './rest-core-system.ts'

const token = 'a-token-of-these-tests'

describeCoreSystem('the REST API of the stand-in', async () => {
  const sim = await startCoreSim({ path: join(temporaryFolder(), 'core.sqlite'), token })
  const core = new RestCoreSystem({ url: new URL(sim.url), token, tls: {}, timeoutMs: 5_000, production: false, clock: systemClock, random: systemRandom })
  return {
    core,
    change: async (changes) => void sim.history.append(changes),
    forget: async () => sim.history.forget(),
    close: async () => {
      await core.close()
      await sim.close()
    },
  }
})
