import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../../domain/clock.ts'
import type { AccountHistory, AccountVersion } from './account-history.ts'
import { sendProblem } from './core-problem.ts'
import { faultOf, parseSnapshotId, snapshotIdOf, toldManifest, toldRow } from './told-snapshot.ts'
import type { Troubles } from './troubles.ts'

const USUAL_LIMIT = 1_000
const MOST_ROWS = 5_000

const limit = z.coerce.number().int().min(1).max(MOST_ROWS).default(USUAL_LIMIT)
const pageQuery = z.object({ limit, after: z.string().regex(/^\d{1,15}$/).default('0').transform(Number) })
const changesQuery = z.object({ limit, since: z.string().regex(/^[0-9a-f]+-\d{1,15}$/) })

interface Parts {
  history: AccountHistory
  troubles: Troubles
  clock: Clock
}

/** Snapshots, the change feed, and accounts one by one. */
export function registerAccountRoutes(core: FastifyInstance, { history, troubles, clock }: Parts): void {
  /** With a fault all rows have to be looked at: a caller that gives up and asks again finds the same work under way. */
  let newest: { snapshotId: string; manifest: ReturnType<typeof toldManifest> } | null = null

  core.get('/account-snapshot', async (request, reply) => {
    const { storeId } = history.state()
    const taken = history.takeSnapshot(new Date(clock.nowMs()).toISOString())
    const fault = faultOf(troubles.mode)
    const snapshotId = snapshotIdOf({ storeId, number: taken.number, fault })
    if (isKnown(request, reply, snapshotId)) return reply.code(304).send()
    if (newest?.snapshotId !== snapshotId) newest = { snapshotId, manifest: toldManifest(history, taken, fault) }
    return { snapshotId, ...(await newest.manifest), asOf: taken.takenAt, changesFrom: `${storeId}-${taken.number}` }
  })

  core.get<{ Params: { snapshotId: string } }>('/account-snapshot/:snapshotId/accounts', async (request, reply) => {
    const query = pageQuery.safeParse(request.query)
    if (!query.success) return sendProblem(reply, 400, `limit takes 1 to ${MOST_ROWS}, after a cursor`)
    const { storeId } = history.state()
    const name = parseSnapshotId(request.params.snapshotId)
    if (name === null) return sendProblem(reply, 404, 'No such snapshot')
    if (name.storeId !== storeId || history.snapshot(name.number) === null) return sendProblem(reply, 410, 'This snapshot is gone: begin anew')
    const found = history.page(query.data.after, name.number, query.data.limit + 1)
    const page = found.slice(0, query.data.limit)
    const rows = page.map(({ row, number }) => toldRow(row as string, number, name.fault)).filter((row) => row !== null)
    const next = found.length > page.length ? JSON.stringify(String(page.at(-1)?.number)) : 'null'
    return sendJson(reply, `{"rows":[${rows.join(',')}],"next":${next}}`)
  })

  core.get('/account-changes', async (request, reply) => {
    const query = changesQuery.safeParse(request.query)
    if (!query.success) return sendProblem(reply, 400, `limit takes 1 to ${MOST_ROWS}, since a cursor`)
    const state = history.state()
    const [cursorStore, cursor] = query.data.since.split('-')
    const since = Number(cursor)
    if (cursorStore !== state.storeId || since < state.oldest || since > state.newest) return sendProblem(reply, 410, 'This cursor is too old: fetch a snapshot')
    const found = history.changesAfter(since, query.data.limit + 1)
    const page = found.slice(0, query.data.limit)
    const next = page.at(-1)?.number ?? since
    const fault = faultOf(troubles.mode)
    const more = found.length > page.length
    if (isKnown(request, reply, `${query.data.since}-${next}-${more}-${fault ?? 'right'}`)) return reply.code(304).send()
    const changes = page.map((version) => toldChange(version, fault))
    return sendJson(reply, `{"changes":[${changes.join(',')}],"next":"${state.storeId}-${next}","more":${more}}`)
  })

  core.get<{ Params: { accountNumber: string } }>('/accounts/:accountNumber', async (request, reply) => {
    const found = history.current(request.params.accountNumber)
    if (found === null) return sendProblem(reply, 404, 'No such account')
    const fault = faultOf(troubles.mode) === 'shifted' ? 'shifted' : null
    if (isKnown(request, reply, `${found.number}${fault ?? ''}`)) return reply.code(304).send()
    return sendJson(reply, toldRow(found.row as string, found.number, fault) as string)
  })
}

/** A feed can hold what was superseded since; it leaves nothing out, so that its end is right. */
function toldChange({ accountNumber, row, number }: AccountVersion, fault: ReturnType<typeof faultOf>): string {
  const told = row === null ? null : toldRow(row, number, fault)
  return told === null ? `{"type":"closed","accountNumber":${JSON.stringify(accountNumber)}}` : `{"type":"upsert","account":${told}}`
}

/** Sets the answer's tag. */
function isKnown(request: FastifyRequest, reply: FastifyReply, tag: string): boolean {
  void reply.header('etag', `"${tag}"`)
  return (request.headers['if-none-match'] ?? '').split(',').some((known) => known.trim().replace(/^W\//, '') === `"${tag}"`)
}

function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(text)
}
