import { sha256 } from '../../platform/hash.ts'
import type { AdministrationContext } from './administration-context.ts'

const TOKEN_BYTES = 24
const LINK_HOURS = 24

/** What the store has of a link: whoever reads the store has none. */
export function keptOfLink(token: string): string {
  return sha256(`staff password link ${token}`)
}

/** A link by which somebody sets a password, once, within a day. The token stands behind `#`: it is sent to no server by a click. */
export async function passwordLink({ auth, random, clock, publicUrl }: Pick<AdministrationContext, 'auth' | 'random' | 'clock' | 'publicUrl'>, staffId: string): Promise<{ url: string; hours: number }> {
  const token = Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url')
  const { internalAdapter } = await auth.context
  // Of two links the newer one counts.
  await auth.store.staffVerification.deleteMany({ where: { identifier: { startsWith: 'reset-password:' }, value: staffId } })
  await internalAdapter.createVerificationValue({ identifier: `reset-password:${keptOfLink(token)}`, value: staffId, expiresAt: new Date(clock.nowMs() + LINK_HOURS * 3_600_000) })
  return { url: `${publicUrl}/sign-in/new-password#${token}`, hours: LINK_HOURS }
}
