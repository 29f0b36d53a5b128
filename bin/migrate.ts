import { applyMigrations } from '../prisma/apply-migrations.ts'
import { readEnvironment } from '../server/platform/environment.ts'
import { runCommand } from './setup/setup-error.ts'

await runCommand(async () => {
  const { DATABASE_URL } = readEnvironment(['DATABASE_URL'])
  const applied = await applyMigrations({ databaseUrl: DATABASE_URL })
  console.log(applied.length > 0 ? `Applied: ${applied.join(', ')}` : 'The database is up to date.')
})
