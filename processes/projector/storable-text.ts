const UNSTORABLE = /\\u(?:0000|d[89a-f])/i

/**
 * The same value with what Postgres cannot keep in text or jsonb (U+0000, lone surrogates) as U+FFFD.
 * The log keeps what was sent; both projections show this.
 */
export function storableText<T>(value: T): T {
  return UNSTORABLE.test(JSON.stringify(value)) ? (clean(value) as T) : value
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\uFFFD')
  if (Array.isArray(value)) return value.map(clean)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, clean(member)]))
}
