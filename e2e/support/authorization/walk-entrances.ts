import type { Portal } from '../portal.ts'
import type { Walk } from './begin-walk.ts'
import { type ActionAnswer, callAction } from './call-action.ts'
import { headerFaults } from './header-faults.ts'
import { isCustomer, isStaff, type Visitor, VISITORS } from './visitors.ts'
import { ACTS } from './who-may-act.ts'
import { ENTRANCES, type Entrance, type Known } from './who-may.ts'

const AT_ONCE = 6
/** What says that who asks may not. */
const REFUSALS = new Set(['not-signed-in', 'forbidden', 'to /account/sign-in', 'to /sign-in'])

/** Asks for every page and route as everybody. @returns what was answered otherwise than the table says, told to whom it may not be, or open in its headers */
export async function walkEntrances(portal: Portal, walk: Walk): Promise<string[]> {
  const faults: string[] = []
  const questions = Object.entries(ENTRANCES).flatMap(([entrance, { opens, instead, body }]) =>
    Object.entries(opens(walk.known)).flatMap(([path, answer]) => VISITORS.map((visitor) => ({ entrance, path, visitor, body, answer, instead: instead(visitor) }))),
  )
  await inParallel(questions, async ({ entrance, path, visitor, body, answer, instead }) => {
    const { response, text } = await ask(portal, walk, entrance.split(' ')[0]!, path, visitor, body)
    const answered = answerOf(response)
    const found = [
      ...(answered === (instead ?? answer) ? [] : [`${answered}, not ${instead ?? answer}`]),
      ...headerFaults(path, response, text),
      ...toldTo(walk.known, visitor, instead !== null, text).map((what) => `tells ${what}`),
    ]
    faults.push(...found.map((fault) => `${entrance} ${path} as ${visitor}: ${fault}`))
  })
  return faults.sort()
}

/**
 * Calls server actions as everybody who may, or as everybody who may not.
 * @param which `refused`, `allowed`, or `leaving`: those that may, of actions that take away what others need, one by one
 */
export async function walkActions(portal: Portal, walk: Walk, which: 'refused' | 'allowed' | 'leaving'): Promise<string[]> {
  const faults: string[] = []
  const calls = Object.entries(ACTS).flatMap(([name, { args, instead, leaves = false }]) =>
    VISITORS.filter((visitor) => which === (instead(visitor) !== null ? 'refused' : leaves ? 'leaving' : 'allowed')).map((visitor) => ({ name, args, visitor, instead: instead(visitor) })),
  )
  const call = async ({ name, args, visitor, instead }: (typeof calls)[number]): Promise<void> => {
    const answer = await callAction(portal, walk.jars[visitor], walk.actions.get(name)!, args(walk.known))
    faults.push(...actionFaults(walk.known, answer, visitor, instead, which === 'leaving').map((fault) => `${name} as ${visitor}: ${fault}`))
  }
  if (which === 'leaving') for (const one of calls) await call(one)
  else await inParallel(calls, call)
  return faults.sort()
}

async function ask({ url }: Portal, { jars, known }: Walk, method: string, path: string, visitor: Visitor, body: Entrance['body']): Promise<{ response: Response; text: string }> {
  const sent = body?.(known)
  const headers = { accept: 'text/html,application/json', ...(method === 'GET' ? {} : { origin: url }), ...(sent ? { 'content-type': sent.type } : {}), ...jars[visitor].header() }
  const response = await fetch(url + path, { method, redirect: 'manual', headers, body: sent?.text })
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return { response, text: await response.text() }
  await response.body?.cancel()
  return { response, text: '' }
}

/** `200`, or `307 /sign-in`. */
function answerOf({ status, headers }: Response): string {
  const location = headers.get('location')
  return location === null ? String(status) : `${status} ${new URL(location, 'http://localhost').pathname}`
}

function actionFaults(known: Known, { response, outcome, body }: ActionAnswer, visitor: Visitor, instead: string | null, leaves: boolean): string[] {
  const isRight = leaves ? outcome.startsWith('to ') : instead === null ? !REFUSALS.has(outcome) && !outcome.startsWith('status') : outcome === instead
  return [
    ...(isRight ? [] : [`${outcome}, not ${instead ?? 'done'}`]),
    ...headerFaults(new URL(response.url).pathname, response, ''),
    ...toldTo(known, visitor, instead !== null, body).map((what) => `tells ${what}`),
  ]
}

/** What of the customers stands in an answer to whom it may not be told. */
function toldTo({ customer, other }: Known, visitor: Visitor, refused: boolean, text: string): string[] {
  const hidden = [...(visitor === 'customer' ? [] : [customer]), ...(visitor === 'other customer' ? [] : [other])]
  const all = refused || isCustomer(visitor) || !isStaff(visitor) ? hidden : []
  return all.flatMap(({ email, account: { personal } }) => [personal.name, personal.address.line1, personal.email!, email, ...personal.phones]).filter((secret) => text.includes(secret))
}

async function inParallel<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = [...all]
  const next = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, next))
}
