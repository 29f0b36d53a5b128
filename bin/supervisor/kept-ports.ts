import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { freePorts, isPortFree } from '../setup/free-port.ts'

const schema = z.record(z.string(), z.number().int().min(1).max(65_535))

/** One loopback port per name, the same at every start (`<data>/ports.json`) unless somebody else took it meanwhile. */
export async function keptPorts(dataDir: string, names: readonly string[]): Promise<Record<string, number>> {
  const path = join(dataDir, 'ports.json')
  const kept = readKept(path)
  const fresh = await freePorts(names.length)
  const ports: Record<string, number> = {}
  for (const [index, name] of names.entries()) {
    const before = kept[name]
    ports[name] = before && (await isPortFree(before, '127.0.0.1')) ? before : (fresh[index] as number)
  }
  writeFileSync(path, `${JSON.stringify({ ...kept, ...ports })}\n`)
  return ports
}

function readKept(path: string): Record<string, number> {
  try {
    return schema.catch({}).parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return {}
  }
}
