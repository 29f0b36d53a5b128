/**
 * A frozen body as the command that this phone once made of it; null when it is not JSON.
 * @typeParam C the released version of the command; nothing but this phone wrote it
 */
export function readBody<C extends { schema: 1 }>(body: Uint8Array): C | null {
  try {
    const read = JSON.parse(new TextDecoder().decode(body)) as { schema?: unknown }
    return read.schema === 1 ? (read as C) : null
  } catch {
    return null
  }
}
