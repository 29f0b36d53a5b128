import { applyMigrations } from '../prisma/apply-migrations.ts'
import { readEnvironment } from '../server/platform/environment.ts'
import { runWithUsage } from './command-line.ts'

const USAGE = `Usage: DATABASE_URL=postgresql://… npm run migrate
Brings that database to what this version needs; npm start does it by itself.`

await runWithUsage(USAGE, async () => {
  const { DATABASE_URL } = readEnvironment(['DATABASE_URL'])
  const applied = await applyMigrations({ databaseUrl: DATABASE_URL })
  console.log(applied.length > 0 ? `Applied: ${applied.join(', ')}` : 'The database is up to date.')
})
