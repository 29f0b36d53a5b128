import { ReadsUnavailableError } from '../../platform/errors.ts'
import { StoreUnavailableError } from '../../platform/guarded-store.ts'
import type { ReadSources } from '../../platform/read-sources.ts'

/**
 * Takes a login out of the identity store, with its password, passkeys, sessions, codes, and the invitations from and to it.
 * Again is harmless. Throws ReadsUnavailableError while Postgres does not answer.
 */
export async function eraseLogin({ prisma }: Pick<ReadSources, 'prisma'>, loginId: string): Promise<void> {
  try {
    await prisma.use(async (database) => {
      const login = await database.customerLogin.findUnique({ where: { id: loginId }, select: { email: true } })
      const sentTo = login ? [{ email: login.email }] : []
      await database.$transaction([
        database.customerInvitation.deleteMany({ where: { OR: [{ invitedBy: loginId }, ...sentTo] } }),
        database.customerCode.deleteMany({ where: { loginId } }),
        database.customerLogin.deleteMany({ where: { id: loginId } }),
      ])
    })
  } catch (error) {
    if (error instanceof StoreUnavailableError) throw new ReadsUnavailableError('The identity store does not answer')
    throw error
  }
}
