import { systemClock, systemRandom } from '../../domain/clock.ts'
import { CORE_SYSTEM_VARIABLES, connectCoreSystem } from '../../server/core-system/connect-core-system.ts'
import { parseServiceTokens } from '../../server/identity/service-token.ts'
import { readEnvironment } from '../../server/platform/environment.ts'
import { SetupError } from '../setup/setup-error.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** Refuses settings of the core system that cannot work, before each process does; asks it nothing, for it may be down. */
export async function checkGivenCore(variables: Variables): Promise<void> {
  const warn = (text: unknown) => console.log(`  ${String(text)}`)
  const core = connectCoreSystem(readEnvironment(CORE_SYSTEM_VARIABLES, variables), { clock: systemClock, random: systemRandom, logger: { warn } })
  await core?.close()
}

/** Refuses tokens of programs that are not written as they must be. */
export function checkServiceTokens(list: string | undefined): void {
  try {
    parseServiceTokens(list ?? '')
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new SetupError(error.message)
  }
}
