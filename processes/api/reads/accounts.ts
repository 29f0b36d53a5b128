import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Account, Known } from '../../../domain/account.ts'
import { type AccountsFound, accountLookUpSchema, type AccountLookUpQuery } from '../../../domain/account-look-up.ts'
import type { Clock } from '../../../domain/clock.ts'
import { staffMay, type StaffPermission } from '../../../domain/staff-permissions.ts'
import type { Look, LookAudit } from '../../../server/accounts/audit-looks.ts'
import type { AccountLookUp } from '../../../server/accounts/look-up-accounts.ts'
import { normalizePhone } from '../../../server/accounts/normalize-phone.ts'
import type { StaffTokens } from '../../../server/identity/staff-token.ts'
import { ForbiddenError, InvalidQueryError, NotFoundError, NotSignedInError } from '../../../server/platform/errors.ts'
import { fieldProblems } from '../../../server/platform/field-problems.ts'

const NUMBER_CHARS = 32
const NONE_FOUND = Buffer.from(JSON.stringify({ accounts: [], asOf: null, ageSeconds: null, source: null } satisfies AccountsFound))

export interface AccountRoutes {
  lookUpAccounts(by: AccountLookUp): Promise<Known<Account>[]>
  tokens: StaffTokens
  audit: LookAudit
  clock: Clock
  /** For phone numbers typed without a country code. */
  country: string
}

/** `GET /api/v1/accounts/{accountNumber}` and `GET /api/v1/accounts?phone=…`: whose account it is, for programs of staff. Each look is kept. */
export function accounts(app: FastifyInstance, context: AccountRoutes): void {
  app.get<{ Params: { accountNumber: string } }>('/api/v1/accounts/:accountNumber', async (request, reply) => {
    const { accountNumber } = request.params
    const found = await look(context, request, reply, 'account.read', () => {
      if (accountNumber.trim() === '' || accountNumber.length > NUMBER_CHARS) throw new InvalidQueryError([{ field: '/accountNumber', rule: `max-${NUMBER_CHARS}`, fix: `Give 1 to ${NUMBER_CHARS} characters` }])
      return { by: 'account-number', lookUp: { accountNumber } }
    })
    if (found.length === 0) throw new NotFoundError('No such account')
    return answer(reply, found, context.clock)
  })

  app.get('/api/v1/accounts', async (request, reply) => answer(reply, await look(context, request, reply, 'account.search', () => questionOf(request.query, context.country)), context.clock))
}

interface Question {
  by: Look['by']
  lookUp: AccountLookUp
}

/** Authorise, parse, and see that it can be audited before anything is read; what is found is told to the audit before it is shown. */
async function look(context: AccountRoutes, request: FastifyRequest, reply: FastifyReply, permission: StaffPermission, question: () => Question): Promise<Known<Account>[]> {
  const { staffId } = authorize(context.tokens, permission, request, reply)
  const { by, lookUp } = question()
  context.audit.check()
  const found = await context.lookUpAccounts(lookUp)
  context.audit.take({
    at: new Date(context.clock.nowMs()).toISOString(), actor: staffId, how: 'look-up', by,
    accountNumbers: found.map(({ value }) => value.accountNumber), traceId: request.trace.traceId,
  })
  return found
}

/** A token is of somebody: it lets a program do what their role may do at the desk, and no more. */
function authorize(tokens: StaffTokens, permission: StaffPermission, request: FastifyRequest, reply: FastifyReply): { staffId: string } {
  try {
    const { staffId, role } = tokens.require(request.headers.authorization, 'accounts')
    if (!staffMay(role, permission)) throw new ForbiddenError('This role does not look for accounts')
    return { staffId }
  } catch (error) {
    // RFC 6750, 3.
    if (error instanceof NotSignedInError) void reply.header('www-authenticate', 'Bearer')
    throw error
  }
}

function questionOf(query: unknown, country: string): Question {
  const parsed = accountLookUpSchema.safeParse(query, { reportInput: true })
  if (!parsed.success) throw new InvalidQueryError(fieldProblems(parsed.error))
  const { phone, meter, email, address }: AccountLookUpQuery = parsed.data
  if (phone !== undefined) {
    const number = normalizePhone(phone, country)
    if (number === null) throw new InvalidQueryError([{ field: '/phone', rule: 'phone', fix: 'Give a phone number, such as +17075550142' }])
    return { by: 'phone', lookUp: { phone: number } }
  }
  if (meter !== undefined) return { by: 'meter', lookUp: { meterNumber: meter } }
  if (email !== undefined) return { by: 'email', lookUp: { email } }
  return { by: 'address', lookUp: { address: address! } }
}

function answer(reply: FastifyReply, found: readonly Known<Account>[], clock: Clock): FastifyReply {
  void reply.header('content-type', 'application/json')
  if (found.length === 0) return reply.send(NONE_FOUND)
  const asOf = found.reduce((oldest, known) => (known.asOf < oldest ? known.asOf : oldest), found[0]!.asOf)
  const ageSeconds = Math.max(0, Math.floor((clock.nowMs() - Date.parse(asOf)) / 1_000))
  const told: AccountsFound = { accounts: found.map((known) => ({ ...known.value, asOf: known.asOf })), asOf, ageSeconds, source: found[0]!.source }
  return reply.send(Buffer.from(JSON.stringify(told)))
}
