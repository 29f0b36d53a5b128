import { parseArgs } from 'node:util'
import { systemClock } from '../domain/clock.ts'
import { breakGlassAgeMs } from '../server/identity/break-glass/break-glass-age.ts'
import { addStaff } from '../server/identity/administration/add-staff.ts'
import type { AdministrationContext, Administrator } from '../server/identity/administration/administration-context.ts'
import { changeStaffRole } from '../server/identity/administration/change-staff-role.ts'
import { disableStaff } from '../server/identity/administration/disable-staff.ts'
import { listStaff, type StaffEntry } from '../server/identity/administration/list-staff.ts'
import { resetStaffFactor } from '../server/identity/administration/reset-staff-factor.ts'
import { resetStaffPassword } from '../server/identity/administration/reset-staff-password.ts'
import { demoFactorSecret, isDemoStaff } from '../server/identity/seed-demo-staff.ts'
import { STAFF_ROLES, type StaffRole } from '../server/identity/staff.ts'
import { totpAt } from '../server/identity/totp.ts'
import { EnvironmentError } from '../server/platform/environment.ts'
import { ConflictError, InvalidInputError } from '../server/platform/errors.ts'
import { tellFailure, UsageError } from './command-line.ts'
import { SetupError } from './setup/setup-error.ts'
import { demoSessionSecret, withAdministration } from './staff/with-administration.ts'

const USAGE = `Usage: npm run staff -- COMMAND
  --list [--json]                            who the staff are, and how old the break-glass copy is
  --add EMAIL --name NAME --role ROLE        makes a login, and prints a link by which its password is set
  --role ROLE --of EMAIL                     gives another role, and ends the person's sessions
  --disable EMAIL, --enable EMAIL            takes the right to sign in, or gives it back
  --reset-factor EMAIL                       a new authenticator is set up at the next sign-in
  --reset-password EMAIL                     prints a link by which a new password is set
  --code EMAIL                               the present code of a demo login
Roles: ${STAFF_ROLES.join(', ')}. Each change is kept in the audit trail first.`

const options = {
  list: { type: 'boolean' }, json: { type: 'boolean' }, add: { type: 'string' }, name: { type: 'string' }, role: { type: 'string' }, of: { type: 'string' },
  disable: { type: 'string' }, enable: { type: 'string' }, 'reset-factor': { type: 'string' }, 'reset-password': { type: 'string' }, code: { type: 'string' }, help: { type: 'boolean' },
} as const
type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values']

/** Whoever may run commands on the server. */
const by: Administrator = { kind: 'system', id: 'npm run staff' }

try {
  const { values } = parseArgs({ options })
  if (values.help || Object.keys(values).length === 0) console.log(USAGE)
  else if (values.code !== undefined) console.log(demoCode(values.code))
  else await withAdministration((context) => run(context, values))
} catch (error) {
  tellFailure(error, USAGE, (cause) => cause instanceof SetupError || cause instanceof ConflictError || cause instanceof InvalidInputError || cause instanceof EnvironmentError)
}

async function run(context: AdministrationContext & { dataDir: string; breakGlassKey: string | undefined }, values: Values): Promise<void> {
  const commandId = context.auth.newId()
  if (values.list) return tellStaff(await listStaff(context.auth, null), context, values.json ?? false)
  if (values.add !== undefined) {
    const { url, hours } = await addStaff(context, by, { commandId, email: values.add, name: values.name ?? values.add, role: roleOf(values.role) })
    return tellLink(url, hours)
  }
  if (values.role !== undefined) {
    await changeStaffRole(context, by, { commandId, staffId: await idOf(context, values.of), role: roleOf(values.role) })
    return console.log(`${values.of} is ${values.role} now; their sessions have ended.`)
  }
  if (values.disable !== undefined || values.enable !== undefined) {
    const disabled = values.disable !== undefined
    await disableStaff(context, by, { commandId, staffId: await idOf(context, values.disable ?? values.enable), disabled })
    return console.log(`${values.disable ?? values.enable} ${disabled ? 'may not sign in any more; their sessions have ended' : 'may sign in again'}.`)
  }
  if (values['reset-factor'] !== undefined) {
    await resetStaffFactor(context, by, { commandId, staffId: await idOf(context, values['reset-factor']) })
    return console.log(`${values['reset-factor']} sets up a new authenticator at the next sign-in; their sessions have ended.`)
  }
  if (values['reset-password'] === undefined) throw new UsageError('Say what to do.')
  const { url, hours } = await resetStaffPassword(context, by, { commandId, staffId: await idOf(context, values['reset-password']) })
  tellLink(url, hours)
}

function roleOf(typed: string | undefined): StaffRole {
  const role = STAFF_ROLES.find((one) => one === typed)
  if (!role) throw new UsageError(`--role takes one of ${STAFF_ROLES.join(', ')}.`)
  return role
}

async function idOf({ auth }: AdministrationContext, email: string | undefined): Promise<string> {
  if (!email) throw new UsageError('Say whose, by --of EMAIL.')
  const member = await auth.store.staffMember.findUnique({ where: { email: email.trim().toLowerCase() }, select: { id: true } })
  if (!member) throw new SetupError(`Nobody of the staff has this address: ${email}`)
  return member.id
}

function tellLink(url: string, hours: number): void {
  console.log(`Give this link to that person alone. It works once, within ${hours} hours, and is shown only now:\n${url}`)
}

function tellStaff(staff: readonly StaffEntry[], { dataDir, breakGlassKey }: { dataDir: string; breakGlassKey: string | undefined }, json: boolean): void {
  const ageMs = breakGlassKey ? breakGlassAgeMs(dataDir, breakGlassKey, systemClock.nowMs()) : null
  if (json) return console.log(JSON.stringify({ staff, breakGlassCopyAgeSeconds: ageMs === null ? null : Math.round(ageMs / 1_000) }))
  for (const { email, name, role, disabledAt, hasPassword, hasFactor, isOfProvider } of staff) {
    const ways = [isOfProvider && 'provider', hasPassword && 'password', hasFactor && 'authenticator'].filter(Boolean).join(', ')
    console.log(`${email.padEnd(32)} ${role.padEnd(10)} ${disabledAt ? 'disabled' : ways || 'no password yet'}  ${name}`)
  }
  console.log(ageMs === null ? 'There is no break-glass copy that counts.' : `The break-glass copy is ${Math.round(ageMs / 1_000)} s old.`)
}

function demoCode(email: string): string {
  if (!isDemoStaff(email)) throw new SetupError('Codes are told of demo logins alone; everybody else has an authenticator.')
  return totpAt(demoFactorSecret(demoSessionSecret(), email), systemClock.nowMs())
}
