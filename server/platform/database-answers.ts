import type { ReadSources } from './read-sources.ts'

/** Whether Postgres answers now: the desk says so, for what it shows then comes from the cache alone. */
export async function databaseAnswers(sources: ReadSources): Promise<boolean> {
  try {
    await sources.prisma.use((database) => database.$queryRaw`SELECT 1`)
    return true
  } catch {
    return false
  }
}
