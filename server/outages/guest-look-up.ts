import { createHmac } from 'node:crypto'
import { type Account, accountNumberKey, type Known } from '../../domain/account.ts'
import { addressKey } from '../../domain/address-key.ts'
import type { Clock } from '../../domain/clock.ts'
import { type GuestLookUp, guestLookUpSchema, type Nearby } from '../../domain/guest-look-up.ts'
import type { Look, LookAudit } from '../accounts/audit-looks.ts'
import { normalizePhone } from '../accounts/normalize-phone.ts'
import { InvalidInputError } from '../platform/errors.ts'
import { fieldProblems } from '../platform/field-problems.ts'
import { sha256 } from '../platform/hash.ts'

/** Every answer comes at a multiple of this after its question: how long the stores took says nothing. */
const ANSWER_STEP_MS = 150

/** Words of a postal code at the end of an address: `95404`, `95404-1234`, `K1A 0B1`. */
const POSTAL_CODE_WORDS = [1, 2] as const

type AccountFact = { accountNumber: string } | { phone: string } | { address: string }

export interface GuestLookUpContext {
  lookUpAccounts(by: AccountFact): Promise<Known<Account>[]>
  /** Reports around a circuit, from the utility's minimum on. */
  getNearby(circuit: string): Promise<Nearby>
  limit: LookUpLimit
  audit: LookAudit
  /** Names a source in the audit without telling its address. */
  actorKey: Uint8Array
  clock: Clock
  /** For phone numbers typed without a country code. */
  country: string
}

/** Counts what a source tries. */
export interface LookUpLimit {
  /** @throws TooManyRequestsError */
  check(source: string): Promise<void>
  /** A question that matched nothing; the same one again does not count. */
  missed(source: string, question: string): Promise<void>
  /** A question that its asker knew the answer to; the same account again does not count. */
  matched(source: string, account: string): Promise<void>
}

/**
 * Whether neighbors of a guest have reported, for somebody who knows two facts that agree, or a full address.
 * Nothing of the account comes out, and nothing that matched looks different from what did not.
 * @param source address prefix of the asker
 * @throws InvalidInputError, TooManyRequestsError, ReadsUnavailableError, AuditUnavailableError
 */
export async function guestLookUp(context: GuestLookUpContext, input: unknown, source: string): Promise<Nearby> {
  const parsed = guestLookUpSchema.safeParse(input, { reportInput: true })
  if (!parsed.success) throw new InvalidInputError(fieldProblems(parsed.error))
  context.audit.check()
  await context.limit.check(source)
  const startedMs = context.clock.monotonicMs()
  try {
    return await answer(context, parsed.data, source)
  } finally {
    const tookMs = context.clock.monotonicMs() - startedMs
    await context.clock.sleep(ANSWER_STEP_MS - (tookMs % ANSWER_STEP_MS))
  }
}

async function answer(context: GuestLookUpContext, facts: GuestLookUp, source: string): Promise<Nearby> {
  const found = await Promise.all(factsOf(facts, context.country).map((fact) => context.lookUpAccounts(fact)))
  const account = found.flat().map(({ value }) => value).find((candidate) => agrees(candidate, facts))
  // Unmatched too: both ways ask the same stores, so that both fail alike when one is down.
  const nearby = await context.getNearby(account?.circuit ?? '')
  // Unmatched too: whoever tries a list shows, and one answer costs as much as the other.
  context.audit.take(lookOf(context, facts, source, account))
  if (account) {
    await context.limit.matched(source, accountNumberKey(account.accountNumber))
    return { nearby: nearby.nearby, asOf: nearby.asOf }
  }
  await context.limit.missed(source, questionOf(facts))
  return { nearby: 'none-known', asOf: nearby.asOf }
}

function lookOf({ actorKey, clock }: GuestLookUpContext, facts: GuestLookUp, source: string, account: Account | undefined): Look {
  const by = facts.accountNumber !== undefined ? 'account-number' : facts.phone !== undefined ? 'phone' : 'address'
  const actor = `guest:${createHmac('sha256', actorKey).update(source).digest('base64url').slice(0, 22)}`
  return { at: new Date(clock.nowMs()).toISOString(), actor, how: 'match', by, accountNumbers: account ? [account.accountNumber] : [] }
}

function factsOf({ accountNumber, phone, address }: GuestLookUp, country: string): AccountFact[] {
  if (accountNumber !== undefined) return [{ accountNumber }]
  // What is no phone number is asked for all the same: an early answer would tell.
  if (phone !== undefined) return [{ phone: normalizePhone(phone, country) ?? phone }]
  const words = addressKey(address!).split(' ')
  return POSTAL_CODE_WORDS.map((count) => ({ address: words.slice(0, -count).join(' ') }))
}

/** The second fact. A full address is two facts in one: it is found by its street, and must name the postal code too. */
function agrees(account: Account, { houseNumber, address }: GuestLookUp): boolean {
  const { line1, postalCode } = account.personal.address
  if (address !== undefined) return addressKey(address) === addressKey(`${line1} ${postalCode}`)
  return houseNumber !== undefined && addressKey(line1).split(' ')[0] === addressKey(houseNumber)
}

/** Equal for spellings of one question. */
function questionOf({ accountNumber, phone, houseNumber, address }: GuestLookUp): string {
  const facts = [accountNumber && accountNumberKey(accountNumber), phone?.replace(/\D/g, ''), houseNumber && addressKey(houseNumber), address && addressKey(address)]
  return sha256(JSON.stringify(facts))
}
