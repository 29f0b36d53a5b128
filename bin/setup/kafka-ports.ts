import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isPortFree } from './free-port.ts'

const lowestPort = 15_000
const usualFirstEphemeralPort = 32_768

/**
 * Free loopback ports below those that the system gives to outgoing connections: a client that keeps trying a dead
 * broker's port among those would one day get that very port as its own and be connected to itself.
 */
export async function brokerPorts(count: number): Promise<number[]> {
  const end = Math.max(lowestPort + 1000, firstEphemeralPort())
  const ports = new Set<number>()
  while (ports.size < count) {
    const port = randomInt(lowestPort, end)
    if (await isPortFree(port, '127.0.0.1')) ports.add(port)
  }
  return [...ports]
}

function firstEphemeralPort(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/)[0]) || usualFirstEphemeralPort
  } catch {
    return usualFirstEphemeralPort
  }
}
