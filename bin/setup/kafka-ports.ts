import { randomInt } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { isPortFree } from './free-port.ts'

const schema = z.array(z.number().int().min(1).max(65_535)).min(1)

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

/** The ports in the cluster's folder (`ports.json`); null before its first start. */
export function readBrokerPorts(folder: string): number[] | null {
  try {
    return schema.parse(JSON.parse(readFileSync(join(folder, 'ports.json'), 'utf8')))
  } catch {
    return null
  }
}

/** The same ports at every start, except those that somebody else took meanwhile. None of the brokers may run. */
export async function keptBrokerPorts(folder: string, count: number): Promise<number[]> {
  const kept = readBrokerPorts(folder) ?? []
  const fresh = await brokerPorts(count)
  const ports = await Promise.all(fresh.map(async (port, index) => {
    const before = kept[index]
    return before && (await isPortFree(before, '127.0.0.1')) ? before : port
  }))
  writeFileSync(join(folder, 'ports.json'), `${JSON.stringify(ports)}\n`)
  return ports
}

function firstEphemeralPort(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/)[0]) || usualFirstEphemeralPort
  } catch {
    return usualFirstEphemeralPort
  }
}
