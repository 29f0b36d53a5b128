import { requireStaff } from '../../../server/identity/require-staff.ts'
import { followDesk } from '../../../server/outages/follow-desk.ts'
import { webServices } from '../../../server/web-services.ts'
import { answerStaff } from '../_staff/answer-staff.ts'

/** Shorter than any proxy's patience; also how the server learns that nobody listens any more. */
const HEARTBEAT_MS = 15_000
const CHECK_SESSION_MS = 60_000
const RECONNECT_MS = 1_000

/** Changes of reports as server-sent events: `data: {"id"}`. Ends when the listener goes or the session is over. */
export function GET(request: Request): Promise<Response> {
  return answerStaff(request, 'desk.read', () => Promise.resolve(new Response(changes(request), { headers: STREAM_HEADERS })))
}

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
} as const

function changes(request: Request): ReadableStream<Uint8Array> {
  const { auth, sources, logger, stopping } = webServices()
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, stopping, request.signal])
  const encoder = new TextEncoder()
  return new ReadableStream({
    start(controller) {
      const send = (text: string) => {
        if (!signal.aborted) controller.enqueue(encoder.encode(text))
      }
      const timers = [
        setInterval(() => send(': still here\n\n'), HEARTBEAT_MS),
        setInterval(() => void requireStaff(auth, request.headers).catch(() => stop.abort()), CHECK_SESSION_MS),
      ]
      const follow = async () => {
        try {
          send(`retry: ${RECONNECT_MS}\n: open\n\n`)
          for await (const change of followDesk(sources, signal)) send(`data: ${JSON.stringify(change)}\n\n`)
        } catch (error) {
          logger.error({ err: error }, 'desk stream failed')
        } finally {
          for (const timer of timers) clearInterval(timer)
          if (!request.signal.aborted) closeQuietly(controller)
        }
      }
      void follow()
    },
    cancel: () => stop.abort(),
  })
}

/** The listener may have gone between the last look and now. */
function closeQuietly(controller: ReadableStreamDefaultController): void {
  try {
    controller.close()
  } catch {
    // It was closed by the listener.
  }
}
