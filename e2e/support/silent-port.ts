import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Listens at a port for as long as it lives. */
const LISTENER = 'require("node:net").createServer().listen({ port: Number(process.argv[1]), host: "localhost", backlog: 1 }, () => console.log("ready"))'
const CONNECTED_WITHIN_MS = 500
/** A queue of one holds two or three. */
const MOST_IN_QUEUE = 16

/**
 * Takes a free port of localhost so that whoever connects waits: the process that listens is stopped and its queue
 * is full, and the system then lets a further SYN go unanswered, as a network does that drops packets.
 */
export async function takeSilently(port: number): Promise<{ end: () => Promise<void> }> {
  const listener = spawn(process.execPath, ['-e', LISTENER, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(listener, 'exit')
  const queued: Socket[] = []
  const end = async () => {
    for (const socket of queued) socket.destroy()
    listener.kill('SIGKILL')
    await gone
  }
  try {
    await Promise.race([once(listener.stdout, 'data'), gone.then(() => Promise.reject(new Error(`Nobody can listen at ${port}`)))])
    listener.kill('SIGSTOP')
    while (await connects(port, queued)) if (queued.length > MOST_IN_QUEUE) throw new Error('The queue of connections does not fill up')
    return { end }
  } catch (error) {
    await end()
    throw error
  }
}

function connects(port: number, queued: Socket[]): Promise<boolean> {
  const socket = connect(port, 'localhost')
  queued.push(socket)
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), CONNECTED_WITHIN_MS)
    socket.on('error', () => undefined)
    socket.once('connect', () => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
