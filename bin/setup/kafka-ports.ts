import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { freePorts, isPortFree } from './free-port.ts'

const schema = z.array(z.number().int().min(1).max(65_535)).min(1)

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
  const fresh = await freePorts(count)
  const ports = await Promise.all(fresh.map(async (port, index) => {
    const before = kept[index]
    return before && (await isPortFree(before, '127.0.0.1')) ? before : port
  }))
  writeFileSync(join(folder, 'ports.json'), `${JSON.stringify(ports)}\n`)
  return ports
}
