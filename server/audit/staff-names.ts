import type { Database } from '../platform/database.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What staff are called, by id; who is no longer staff, or never was, is not in it. */
export async function staffNames(database: Database, ids: readonly string[]): Promise<Map<string, string>> {
  const asked = [...new Set(ids.filter((id) => UUID.test(id)))]
  if (asked.length === 0) return new Map()
  const found = await database.staffMember.findMany({ where: { id: { in: asked } }, select: { id: true, name: true } })
  return new Map(found.map(({ id, name }) => [id, name]))
}
