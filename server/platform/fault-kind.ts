import { StormdoorError } from './errors.ts'

/** Why a store did not answer, without a word of what it said: messages name hosts, users and values. */
export type FaultKind = 'time-out' | 'unreachable' | 'connection-lost' | 'not-ready' | 'refused-us' | 'wrong-answer' | 'busy' | 'other'

export class StoreTimeoutError extends Error {
  override name = 'StoreTimeoutError'
}

/** Redis answers, but not what was asked for: it loads, fails over, or does not know us. Any other of its replies is about the question. */
const REDIS_FAULTS: Readonly<Record<string, FaultKind>> = {
  LOADING: 'not-ready', MASTERDOWN: 'not-ready', BUSY: 'busy', CLUSTERDOWN: 'not-ready', NOAUTH: 'refused-us', WRONGPASS: 'refused-us',
}
/** Classes of SQLSTATE that tell of the server; the others are about the question (22 values, 23 rules, 40 a race, 42 its words). */
const SQLSTATE_FAULTS: Readonly<Record<string, FaultKind>> = {
  '08': 'connection-lost', '28': 'refused-us', '3D': 'not-ready', '53': 'busy', '57': 'not-ready', '58': 'other', XX: 'other',
}
const LOST_BY_SHUTDOWN = new Set(['57P01', '57P02'])
const ADAPTER_FAULTS: Readonly<Record<string, FaultKind>> = {
  DatabaseNotReachable: 'unreachable', ConnectionClosed: 'connection-lost', SocketTimeout: 'time-out', TooManyConnections: 'busy',
  AuthenticationFailed: 'refused-us', DatabaseAccessDenied: 'refused-us', DatabaseDoesNotExist: 'not-ready', TlsConnectionError: 'unreachable',
}
const CALLERS_OWN = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'ZodError', 'PrismaClientValidationError'])
const WORDS: readonly (readonly [RegExp, FaultKind])[] = [
  [/ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|writeable/, 'unreachable'],
  [/ECONNRESET|EPIPE|Connection (is closed|terminated|ended)/i, 'connection-lost'],
  [/time(d)? ?out/i, 'time-out'],
]

/**
 * What kind of failure of the store an error is; null when the caller is at fault: what was asked for is wrong or is not there,
 * and asking another store, or later, would change nothing.
 */
export function faultKindOf(error: unknown): FaultKind | null {
  if (!(error instanceof Error)) return 'other'
  if (error instanceof StoreTimeoutError) return 'time-out'
  if (error instanceof StormdoorError || CALLERS_OWN.has(error.name)) return null
  if (error.name === 'ReplyError') return REDIS_FAULTS[error.message.split(' ', 1)[0]!] ?? null
  if (error.name === 'PrismaClientKnownRequestError') return prismaFault(error)
  return WORDS.find(([words]) => words.test(error.message))?.[1] ?? 'other'
}

interface PrismaFault extends Error {
  code?: string
  meta?: { driverAdapterError?: { cause?: { kind?: string; originalCode?: string } } }
}

function prismaFault({ code, meta }: PrismaFault): FaultKind | null {
  const { kind, originalCode } = meta?.driverAdapterError?.cause ?? {}
  if (originalCode) return LOST_BY_SHUTDOWN.has(originalCode) ? 'connection-lost' : (SQLSTATE_FAULTS[originalCode.slice(0, 2)] ?? null)
  if (kind) return ADAPTER_FAULTS[kind] ?? null
  return code?.startsWith('P1') || code === 'P2024' ? 'other' : null
}
