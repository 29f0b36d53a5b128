import { watchStaffSession } from '../../../server/identity/watch-staff-session.ts'
import type { DeskMessage } from '../../../server/outages/desk-session.ts'
import { webServices } from '../../../server/web-services.ts'
import { answerStaff } from '../_staff/answer-staff.ts'

/** Shorter than any proxy's patience; also how the server learns that nobody listens any more. */
const HEARTBEAT_MS = 15_000
const RECONNECT_MS = 1_000
/** One who reads so slowly is let go, and goes on from where they were. */
const MOST_UNSENT = 500

/**
 * Changes of reports as server-sent events: `data: {"rows": […], "reload": false}`, `id:` the place to go on from. Sent again as
 * `Last-Event-ID`, or as `?since=`, exactly what changed since is told. Ends when the listener goes or the session is over.
 */
export function GET(request: Request): Promise<Response> {
  return answerStaff(request, 'desk.read', () => Promise.resolve(new Response(changes(request), { headers: STREAM_HEADERS })))
}

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
} as const

const encoder = new TextEncoder()

function changes(request: Request): ReadableStream<Uint8Array> {
  const { auth, deskFeed, logger, stopping } = webServices()
  const since = request.headers.get('last-event-id') ?? new URL(request.url).searchParams.get('since')
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, stopping, request.signal])
  return new ReadableStream({
    start(controller) {
      const send = (bytes: Uint8Array) => {
        if (signal.aborted) return
        controller.enqueue(bytes)
        if ((controller.desiredSize ?? 0) < -MOST_UNSENT) stop.abort()
      }
      const heartbeat = setInterval(() => send(encoder.encode(': still here\n\n')), HEARTBEAT_MS)
      const stopWatch = watchStaffSession(auth, request.headers, 'desk.read', () => stop.abort())
      const follow = async () => {
        try {
          send(encoder.encode(`retry: ${RECONNECT_MS}\n: open\n\n`))
          for await (const message of deskFeed.follow(since, signal)) send(bytesOf(message))
        } catch (error) {
          logger.error({ err: error }, 'desk stream failed')
        } finally {
          clearInterval(heartbeat)
          stopWatch()
          if (!request.signal.aborted) closeQuietly(controller)
        }
      }
      void follow()
    },
    cancel: () => stop.abort(),
  })
}

const written = new WeakMap<DeskMessage, Uint8Array>()

/** Written once, for all listeners. */
function bytesOf(message: DeskMessage): Uint8Array {
  const { position, rows, reload } = message
  const bytes = written.get(message) ?? encoder.encode(`id: ${position}\ndata: ${JSON.stringify({ rows, reload })}\n\n`)
  written.set(message, bytes)
  return bytes
}

/** The listener may have gone between the last look and now. */
function closeQuietly(controller: ReadableStreamDefaultController): void {
  try {
    controller.close()
  } catch {
    // It was closed by the listener.
  }
}
