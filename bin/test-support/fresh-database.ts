import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'

export interface FreshDatabaseOptions {
  /** False for an empty database without any migration; default true. */
  migrated?: boolean
}

/** A new database of this run's Postgres that nobody else uses, migrated; goes with the run. Resolves to its URL. */
export async function freshDatabase({ migrated = true }: FreshDatabaseOptions = {}): Promise<string> {
  const admin = new URL(inject('postgresAdminUrl'))
  const name = `test_${randomBytes(6).toString('hex')}`
  const client = new Client({ connectionString: admin.href })
  await client.connect()
  try {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${migrated ? 'stormdoor' : 'template0'}`)
  } finally {
    await client.end()
  }
  admin.pathname = `/${name}`
  return admin.href
}
