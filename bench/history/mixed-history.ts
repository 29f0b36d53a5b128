import { hash } from 'node:crypto'
import { demoCustomers } from '../../bin/demo/demo-customers.ts'
import { accountNumberKey, type Account } from '../../domain/account.ts'
import type { NewEvent, OutageMatched, OutageReported } from '../../domain/event.ts'
import { referenceOf } from '../../domain/reference.ts'
import type { Random } from '../../domain/clock.ts'
import { formatUuid } from '../../domain/uuid.ts'
import { seededRandom } from '../../load/seeded-random.ts'
import { syntheticContent } from '../../load/synthetic-report.ts'
import { sha256 } from '../../server/platform/hash.ts'
import { uuidV5 } from '../../server/platform/uuid-v5.ts'

/** Events of one turn: two new accounts, one that changed, three reports, two of them matched. */
const TURN_EVENTS = 8
const NEW_ACCOUNTS_PER_TURN = 2
/** Changes, reports and matches go to any of so many newest accounts. */
const KNOWN_ACCOUNTS = 20_000
const START_MS = Date.UTC(2026, 0, 31, 4)

/**
 * A utility's life as its log tells it, in constant memory: a quarter new accounts, an eighth changes of one, three eighths
 * reports and a quarter matches. The same for the same count and seed; a shorter one is not the beginning of a longer one.
 */
export function* mixedHistory({ events, seed = 1 }: { events: number; seed?: number }): Generator<NewEvent> {
  const turns = Math.ceil(events / TURN_EVENTS)
  const random = seededRandom(seed)
  const customers = demoCustomers({ count: turns * NEW_ACCOUNTS_PER_TURN, seed })
  const known: Account[] = []
  let made = 0
  for (let turn = 0; turn < turns; turn++) {
    const nowMs = START_MS + turn * 10
    for (const event of oneTurn(customers, known, nowMs, turn, random)) {
      if (made++ === events) return
      yield event
    }
  }
}

function* oneTurn(customers: Generator<Account>, known: Account[], nowMs: number, turn: number, random: Random): Generator<NewEvent> {
  const anyAccount = () => known[Math.floor(random.fraction() * known.length)]!
  for (let index = 0; index < NEW_ACCOUNTS_PER_TURN; index++) {
    const account = customers.next().value as Account
    known[(turn * NEW_ACCOUNTS_PER_TURN + index) % KNOWN_ACCOUNTS] = account
    yield upserted(account)
  }
  const changing = anyAccount()
  yield upserted({ ...changing, personal: { ...changing.personal, phones: [...changing.personal.phones.slice(0, 1), `+1555${String(2_000_000 + (turn % 8_000_000))}`] } })
  for (let index = 0; index < 3; index++) {
    const account = anyAccount()
    const report = reported(nowMs + index, random, account)
    yield { id: report.reportId, type: 'outage.reported.v1', key: report.reportId, bodyHash: report.bodyHash, data: report }
    if (index < 2) yield matched(report.reportId, account)
  }
}

function upserted(account: Account): NewEvent<'account.upserted.v1'> {
  const key = accountNumberKey(account.accountNumber)
  const bodyHash = sha256(JSON.stringify(account))
  return { id: uuidV5('account-upserted', key, bodyHash, ''), type: 'account.upserted.v1', key, bodyHash, data: account }
}

function reported(nowMs: number, random: Random, account: Account): OutageReported {
  const { place, medicalEquipment, accessNotes, callbackPhone, ...said } = syntheticContent(nowMs, random, [account.accountNumber])
  const digest = hash('sha256', `${nowMs} ${random.fraction()}`, 'buffer')
  const reportId = formatUuid(digest, 7)
  const at = new Date(nowMs).toISOString()
  return {
    reportId, reference: referenceOf(hash('sha256', reportId, 'buffer')), schema: 1, bodyHash: sha256(`body ${reportId}`), secretHash: sha256(`secret ${reportId}`),
    acceptedAt: at, savedAt: at, ...said, delivery: { attempt: 1, elapsedMs: 40 },
    personal: { place, medicalEquipment, accessNotes, callbackPhone },
  }
}

function matched(reportId: string, { accountNumber, servicePoint, circuit, transformer }: Account): NewEvent<'outage.matched.v1'> {
  const data: OutageMatched = { reportId, accountNumber, servicePoint, circuit, transformer, matchedBy: 'account-number' }
  return { id: uuidV5('outage-matched', reportId), type: 'outage.matched.v1', key: reportId, bodyHash: sha256(JSON.stringify(data)), data }
}
