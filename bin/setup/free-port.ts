import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'

const lowestPort = 15_000
const usualFirstEphemeralPort = 32_768

/** A loopback port that nobody holds at this moment. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  return port as number
}

/**
 * Several distinct free loopback ports, below those that the system gives to outgoing connections: among those, the port of
 * a process that died could be somebody's own by the time it is started again, even a client's that tries to reach it.
 */
export async function freePorts(count: number): Promise<number[]> {
  const end = Math.max(lowestPort + 1000, firstEphemeralPort())
  const ports = new Set<number>()
  while (ports.size < count) {
    const port = randomInt(lowestPort, end)
    if (await isPortFree(port, '127.0.0.1')) ports.add(port)
  }
  return [...ports]
}

/** Whether the port can be bound on the host now. */
export function isPortFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}

function firstEphemeralPort(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/)[0]) || usualFirstEphemeralPort
  } catch {
    return usualFirstEphemeralPort
  }
}
