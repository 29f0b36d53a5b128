import { hash, timingSafeEqual } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { fastify, type FastifyReply, type FastifyRequest } from 'fastify'
import { type Clock, type Random, systemClock, systemRandom } from '../../domain/clock.ts'
import { AccountHistory } from './account-history.ts'
import { registerAccountRoutes } from './account-routes.ts'
import { registerControlRoutes } from './control-routes.ts'
import { sendProblem } from './core-problem.ts'
import { DeliveryBook } from './delivery-book.ts'
import { registerDeliveryRoutes } from './delivery-routes.ts'
import { openCoreFile } from './open-core-file.ts'
import { Troubles } from './troubles.ts'

export interface CoreSimOptions {
  /** Of its store; made when there is none. */
  path: string
  /** Bearer token that every request must carry. */
  token: string
  /** Loopback; 0 (default) for a free one. */
  port?: number
  clock?: Clock
  random?: Random
}

export interface CoreSim {
  port: number
  /** CORE_SYSTEM_URL. */
  url: string
  history: AccountHistory
  deliveries: DeliveryBook
  troubles: Troubles
  close(): Promise<void>
}

/** Starts the stand-in for a utility's core system: its REST API at `/core/v1`, its switches at `/control`. */
export async function startCoreSim({ path, token, port = 0, clock = systemClock, random = systemRandom }: CoreSimOptions): Promise<CoreSim> {
  const database = openCoreFile(path)
  const history = new AccountHistory(database)
  const deliveries = new DeliveryBook(database)
  const troubles = new Troubles(clock, random)
  const expected = digest(`Bearer ${token}`)

  const server = fastify({ forceCloseConnections: true })
  const authorize = async (request: FastifyRequest, reply: FastifyReply) => {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) return sendProblem(reply, 401, 'A bearer token is needed')
  }
  server.addHook('onRequest', async (_request, reply) => void reply.header('x-core-sim', '1'))
  server.setErrorHandler((error: { statusCode?: number }, _request, reply) => sendProblem(reply, error.statusCode ?? 500, 'This cannot be answered'))
  server.setNotFoundHandler((_request, reply) => sendProblem(reply, 404, 'There is nothing at this address'))
  await server.register((core, _options, done) => {
    core.addHook('onRequest', (request, reply) => troubles.before(request, reply))
    core.addHook('onRequest', authorize)
    core.addHook('onSend', async (request) => troubles.after(request))
    registerAccountRoutes(core, { history, troubles, clock })
    registerDeliveryRoutes(core, { deliveries, troubles, clock })
    done()
  }, { prefix: '/core/v1' })
  await server.register((control, _options, done) => {
    control.addHook('onRequest', authorize)
    registerControlRoutes(control, { history, deliveries, troubles })
    done()
  })
  await server.listen({ host: '127.0.0.1', port })

  const bound = (server.server.address() as AddressInfo).port
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}/core/v1`,
    history, deliveries, troubles,
    close: async () => {
      troubles.close()
      await server.close()
      if (database.isOpen) database.close()
    },
  }
}

/** Of one length, so that comparing takes the same time whatever was sent. */
function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}
