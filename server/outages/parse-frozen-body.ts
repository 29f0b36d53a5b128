import { isUtf8 } from 'node:buffer'
import type { z } from 'zod'
import { REPORT_LIMITS } from '../../domain/report-limits.ts'
import { InvalidInputError } from '../platform/errors.ts'
import { fieldProblems } from '../platform/field-problems.ts'

/** Not a JSON text that could be looked at field by field. */
export class MalformedBodyError extends InvalidInputError {}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a

/** Every released version of a body by its number. */
type Versions<T> = Readonly<Record<number, z.ZodType<T>>>

/**
 * A frozen body, by the schema version that it names.
 * Strict: size, UTF-8, nesting and repeated names are checked before a value is believed.
 * @throws MalformedBodyError (not JSON), InvalidInputError (JSON, but not of the schema)
 */
export function parseFrozenBody<T>(bytes: Uint8Array, versions: Versions<T>): T {
  if (bytes.byteLength > REPORT_LIMITS.bodyBytes) {
    throw malformed(`max-${REPORT_LIMITS.bodyBytes}-bytes`, `Send at most ${REPORT_LIMITS.bodyBytes} bytes`)
  }
  if (!isUtf8(bytes)) throw malformed('utf-8', 'Encode the body as UTF-8')
  const names = countNames(bytes)
  const value = parseJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidInputError([{ field: '', rule: 'type', fix: 'Send one JSON object' }])
  }
  if (countMembers(value) !== names) throw malformed('repeated-name', 'Give every field once')
  return parseVersion(value, versions)
}

function parseVersion<T>(value: { schema?: unknown }, versions: Versions<T>): T {
  if (typeof value.schema !== 'number' || !Object.hasOwn(versions, value.schema)) {
    throw new InvalidInputError([{ field: '/schema', rule: 'one-of', fix: `Use a released version: ${Object.keys(versions).join(', ')}` }])
  }
  const parsed = versions[value.schema]!.safeParse(value, { reportInput: true })
  if (!parsed.success) throw new InvalidInputError(fieldProblems(parsed.error))
  return parsed.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('json', 'Send one JSON object (RFC 8259)')
  }
}

/** Names of members in a JSON text; throws when it nests deeper than any of them does. One pass, before JSON.parse. */
function countNames(bytes: Uint8Array): number {
  let depth = 0
  let names = 0
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]!
    if (byte === QUOTE) {
      for (index++; index < bytes.length && bytes[index] !== QUOTE; index++) if (bytes[index] === BACKSLASH) index++
    } else if (byte === COLON) {
      names++
    } else if ((byte | 0x20) === 0x7b) {
      if (++depth > REPORT_LIMITS.jsonDepth) {
        throw malformed(`max-depth-${REPORT_LIMITS.jsonDepth}`, `Nest objects and lists at most ${REPORT_LIMITS.jsonDepth} deep`)
      }
    } else if ((byte | 0x20) === 0x7d) depth--
  }
  return names
}

/** JSON.parse keeps the last of two equal names without a word; fewer members than names shows it. */
function countMembers(value: object): number {
  let members = Array.isArray(value) ? 0 : Object.keys(value).length
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) members += countMembers(inner)
  return members
}

function malformed(rule: string, fix: string): MalformedBodyError {
  return new MalformedBodyError([{ field: '', rule, fix }])
}
