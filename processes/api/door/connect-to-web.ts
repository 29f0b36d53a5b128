import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { callbackify } from 'node:util'
import type { Clock } from '../../../domain/clock.ts'

const CONNECT_TIMEOUT_MS = 2_000
/** One that did not answer is passed over for so long, unless all did not. */
const PASSED_OVER_MS = 1_000
const KEEP_ALIVE_MS = 60_000

type WhenConnected = (...outcome: [error: null, socket: Socket] | [error: Error, socket: null]) => void

/**
 * Opens connections for the proxy: to the first web process that takes one. Nothing of a request has been sent by then,
 * so that any request, whatever its method, may go to the next.
 */
export function connectToWeb(webUrls: readonly string[], clock: Clock): (options: unknown, callback: WhenConnected) => void {
  const webs = webUrls.map((url) => ({ url: new URL(url), passedOverUntilMs: 0 }))
  const open = async (): Promise<Socket> => {
    const isTried = ({ passedOverUntilMs }: { passedOverUntilMs: number }) => passedOverUntilMs <= clock.monotonicMs()
    const candidates = [...webs.filter(isTried), ...webs.filter((web) => !isTried(web))]
    let failure = new Error('There is no web process')
    for (const web of candidates) {
      try {
        const socket = await connected(web.url)
        web.passedOverUntilMs = 0
        return socket
      } catch (error) {
        web.passedOverUntilMs = clock.monotonicMs() + PASSED_OVER_MS
        failure = error as Error
      }
    }
    throw failure
  }
  const opening = callbackify(open)
  return (_options, callback) => opening((error, socket) => (error ? callback(error, null) : callback(null, socket)))
}

function connected({ protocol, hostname, port }: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const secure = protocol === 'https:'
    const place = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (secure ? 443 : 80)) }
    const socket = secure ? connectTls({ ...place, servername: place.host, ALPNProtocols: ['http/1.1'] }) : connectTcp(place)
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS)
    const timer = setTimeout(() => socket.destroy(new Error(`${hostname} took no connection in time`)), CONNECT_TIMEOUT_MS)
    socket.once('error', reject)
    socket.once('close', () => clearTimeout(timer))
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer)
      socket.off('error', reject)
      resolve(socket)
    })
  })
}
