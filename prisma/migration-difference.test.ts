import { Client } from 'pg'
import { describe, expect, it } from 'vitest'
import { freshDatabase } from '../bin/test-support/fresh-database.ts'
import { migrationDifference } from './migration-difference.ts'

async function afterwards(sql: string): Promise<string> {
  const databaseUrl = await freshDatabase()
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(sql)
  await client.end()
  return migrationDifference(databaseUrl)
}

describe('the migrations', () => {
  it('give exactly what the schema says', async () => {
    expect(await migrationDifference(await freshDatabase())).toBe('')
  })

  it.each([
    ['a column is missing', 'ALTER TABLE portal.account DROP COLUMN email', 'ADD COLUMN     "email" TEXT'],
    ['a type differs', 'ALTER TABLE portal.outage_report ALTER COLUMN accepted_at TYPE timestamp', 'TIMESTAMPTZ(3)'],
    ['a column may be null', 'ALTER TABLE portal.meter ALTER COLUMN version DROP NOT NULL', 'SET NOT NULL'],
    ['an index is missing', 'DROP INDEX portal.account_phone_phone_idx', 'CREATE INDEX "account_phone_phone_idx"'],
    ['there is a table too many', 'CREATE TABLE portal.leftover (id int primary key)', 'DROP TABLE "portal"."leftover"'],
  ])('differ when %s', async (_what, drift, found) => {
    expect(await afterwards(drift)).toContain(found)
  })

  it('make everything in an empty database', async () => {
    expect(await migrationDifference(await freshDatabase({ migrated: false }))).toContain('CREATE TABLE "portal"."account"')
  })
})
