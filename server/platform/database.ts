import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '../../prisma/client/client.ts'

export type Database = PrismaClient

export interface DatabaseOptions {
  /** Milliseconds to get a connection. */
  connectTimeoutMs: number
  /** Milliseconds after which a query is given up and its connection dropped. */
  queryTimeoutMs: number
  /** Connections at the most. */
  connections: number
}

/** A Prisma client that connects when it is asked and reconnects by itself; making it never fails. */
export function createDatabase(databaseUrl: string, { connectTimeoutMs, queryTimeoutMs, connections }: DatabaseOptions): Database {
  const adapter = new PrismaPg(
    { connectionString: databaseUrl, max: connections, connectionTimeoutMillis: connectTimeoutMs, query_timeout: queryTimeoutMs, keepAlive: true },
    { onPoolError: () => undefined, onConnectionError: () => undefined },
  )
  return new PrismaClient({ adapter, errorFormat: 'minimal' })
}
