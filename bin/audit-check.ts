import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { systemClock } from '../domain/clock.ts'
import { type AuditCheck, checkAudit, type Seal } from '../processes/projector/postgres/check-audit.ts'
import { openEventLog } from '../server/platform/event-log/open-event-log.ts'
import { runWithUsage, stopSignal } from './command-line.ts'
import { SetupError } from './setup/setup-error.ts'
import { storeSettings } from './store-settings.ts'

const sealsSchema = z.object({ seals: z.array(z.object({ partition: z.templateLiteral([z.enum(['accounts', 'outages', 'bills', 'payments', 'identity', 'ops']), '/', z.int()]), position: z.string(), records: z.int(), digest: z.string() })) })

const USAGE = `Usage: npm run audit:check -- [--seals FILE] [--json]
The audit trail in the database, compared with the log entry by entry.
  --seals FILE  what an earlier --json printed: proves that the log up to there is as it was
  --json        what was found, with seals of the log, as JSON on standard output
Exit code: 0 the trail is what the log says, 1 something differs.`

await runWithUsage(USAGE, async () => {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, seals: { type: 'string' } } })
  const seals = values.seals === undefined ? [] : await sealsIn(values.seals)
  const { eventLogUrl, region, databaseUrl } = storeSettings()
  const log = await openEventLog({ url: eventLogUrl, clock: systemClock, region, node: 'audit-check' })
  try {
    const check = await checkAudit({ databaseUrl, log, signal: stopSignal(), seals })
    if (values.json) console.log(JSON.stringify(check))
    else print(check, seals.length)
    return check.ok ? 0 : 1
  } finally {
    await log.close()
  }
})

async function sealsIn(path: string): Promise<Seal[]> {
  try {
    return sealsSchema.parse(JSON.parse(await readFile(path, 'utf8'))).seals
  } catch {
    throw new SetupError(`${path} has no seals: it must be what "npm run audit:check -- --json" printed`)
  }
}

function print({ entries, inLog, missing, changed, foreign, corrupt, cut, broken, ok }: AuditCheck, sealed: number): void {
  console.log(`${entries} entries in the table, ${inLog} in the log.`)
  const told = [
    ['Missing in the table', missing], ['Not as the log has it', changed], ['Not in the log', foreign],
    ['Records of the log that are not what was written', corrupt], ['The log has lost its end', cut], ['The log is not what was sealed', broken],
  ] as const
  for (const [what, ids] of told) if (ids.length > 0) console.log(`${what}:\n${ids.map((id) => `  ${id}`).join('\n')}`)
  if (ok) console.log(`The trail is what the log says.${sealed > 0 ? ` ${sealed} seals hold.` : ''}`)
}
