import { readMessageSettings } from '../../server/messages/message-settings.ts'
import { readEnvironment } from '../../server/platform/environment.ts'
import { DEMO_ACCOUNTS } from '../demo/demo-accounts.ts'
import type { DemoCustomerLogin } from '../demo/demo-customer-login.ts'
import { showProgress } from '../setup/progress.ts'
import { loadSecrets } from '../setup/secrets.ts'
import { SetupError } from '../setup/setup-error.ts'
import { startStack, type Stack } from '../supervisor/start-stack.ts'
import { checkGivenCore, checkServiceTokens } from './check-core.ts'
import { checkGivenLog } from './check-log.ts'
import { checkDataFolder, checkGivenStores, checkPort, withoutPassword } from './check-surroundings.ts'
import { holdUntilStopped, interruptible } from './interruption.ts'
import type { StartOptions } from './start-options.ts'

const defaultPort = 3000
const givenNames = ['DATABASE_URL', 'REDIS_URL', 'EVENT_LOG_URL', 'CORE_SYSTEM_URL'] as const
const coreSystemCredentials = ['CORE_SYSTEM_TOKEN', 'CORE_SYSTEM_CA', 'CORE_SYSTEM_CERT', 'CORE_SYSTEM_KEY'] as const
const productionSecrets = ['STORMDOOR_SIGNING_KEYS', 'STORMDOOR_SESSION_SECRET', 'NEXT_SERVER_ACTIONS_ENCRYPTION_KEY'] as const
const staffNames = ['STAFF_OIDC_ISSUER', 'STAFF_OIDC_CLIENT_ID', 'STAFF_OIDC_CLIENT_SECRET', 'STAFF_OIDC_ROLE_CLAIM', 'STAFF_OIDC_ROLES', 'STAFF_LOCAL_LOGIN', 'STAFF_BREAK_GLASS_KEY'] as const
const messageNames = ['MESSAGES_EMAIL_URL', 'MESSAGES_SMS_URL', 'MESSAGES_FROM'] as const

type Variables = Readonly<Record<string, string | undefined>>

/** `npm start`: everything from a bare checkout to a portal that answers, then waits for Ctrl-C. Resolves to the exit code. */
export async function startPortal(dataDir: string, variables: Variables, { nodes }: StartOptions): Promise<number> {
  const mode = portalMode(variables)
  // The verbs called from here ask the environment, where no word means production.
  process.env.STORMDOOR_ENV = mode
  if (mode === 'production') {
    readEnvironment([...productionSecrets, ...messageNames], variables)
    readMessageSettings({ ...variables, STORMDOOR_ENV: mode })
  }
  const port = Number(variables.PORT || defaultPort)
  checkDataFolder(dataDir)
  checkServiceTokens(variables.STORMDOOR_SERVICE_TOKENS)
  await Promise.all([checkGivenStores(variables.DATABASE_URL, variables.REDIS_URL), checkGivenLog(variables), checkGivenCore({ ...variables, STORMDOOR_ENV: mode })])
  for (const name of givenNames) if (variables[name]) console.log(`  ${name} is set: using ${withoutPassword(variables[name])}`)
  if (mode === 'production' && !variables.STAFF_BREAK_GLASS_KEY) console.log('  STAFF_BREAK_GLASS_KEY is not set: while Postgres is away nobody new signs in at the desk')
  if (mode === 'production' && !variables.CORE_SYSTEM_URL) console.log('  CORE_SYSTEM_URL is not set: there is no core system to sync with or to hand reports to')

  console.log(`Starting Stormdoor (${mode}); its data is in ${dataDir}`)
  const interruption = interruptible()
  let stack: Stack
  try {
    stack = await startStack({
      dataDir, port, nodes, coreAccounts: DEMO_ACCOUNTS, env: overrides(variables, mode), restart: true, quiet: false, step: showProgress,
      beforeLaunch: () => checkPort(port, variables.HOST || '127.0.0.1'), signal: interruption.signal,
    })
  } catch (error) {
    if (interruption.signal.aborted) return interruption.exitCode
    throw error
  }
  try {
    const demo = mode === 'demo' ? await fillDemo(stack) : null
    if (!interruption.signal.aborted) printWelcome(stack, demo, variables)
  } catch (error) {
    await stack.stop()
    throw error
  }
  return holdUntilStopped(stack, interruption)
}

function portalMode(variables: Variables): 'demo' | 'production' {
  const mode = variables.STORMDOOR_ENV || 'demo'
  if (mode !== 'demo' && mode !== 'production') throw new SetupError('STORMDOOR_ENV is "demo" (the default of npm start) or "production".')
  return mode
}

function overrides(variables: Variables, mode: string): Record<string, string> {
  const core = variables.CORE_SYSTEM_URL ? coreSystemCredentials : []
  const names = [...givenNames, ...productionSecrets, ...messageNames, ...staffNames, ...core, 'STORMDOOR_SERVICE_TOKENS', 'PUBLIC_URL']
  const given = names.flatMap((name) => (variables[name] ? [[name, variables[name]] as const] : []))
  return { ...Object.fromEntries(given), STORMDOOR_ENV: mode }
}

interface Demo {
  staff: { email: string; password: string; role: string }[]
  customer: DemoCustomerLogin
}

async function fillDemo(stack: Stack): Promise<Demo> {
  const { loadDemoUtility } = await import('../demo/load-demo-utility.ts')
  const { seedDemoStaff } = await import('../../server/identity/seed-demo-staff.ts')
  const { demoCustomerLogin } = await import('../demo/demo-customer-login.ts')
  const { EVENT_LOG_URL: eventLogUrl = '', DATABASE_URL: databaseUrl = '', STORMDOOR_SESSION_SECRET: sessionSecret = '' } = stack.env
  await showProgress('Demo utility', (say) => loadDemoUtility({ eventLogUrl, onProgress: (done, total) => say(`${done} of ${total} customers`) }))
  const staff = await showProgress('Demo staff', () => seedDemoStaff({ databaseUrl, sessionSecret }))
  const customer = await showProgress('Demo customer', () => demoCustomerLogin({ eventLogUrl, databaseUrl, sessionSecret }))
  return { staff, customer }
}

function printWelcome(stack: Stack, demo: Demo | null, variables: Variables): void {
  const lines = ['', `Stormdoor is open at ${stack.url}`, '', `  Report an outage   ${stack.url}/report`, `  Your account       ${stack.url}/account`, `  Outage desk        ${stack.url}/desk`]
  if (demo) {
    const { email, password, unclaimed } = demo.customer
    lines.push('', '  Demo login of a customer:', `    ${email}  ${password}`)
    lines.push(`  To sign up as another one: account ${unclaimed.accountNumber}, phone ${unclaimed.phone}; the code: npm run messages`)
    lines.push('', '  Demo logins for the desk:', ...demo.staff.map((login) => `    ${login.email}  ${login.password}  (${login.role})`), '    and the code that is asked for: npm run staff -- --code EMAIL')
  }
  if (demo && !variables.STORMDOOR_SERVICE_TOKENS) lines.push('', `  Demo token of a program, for POST /api/v1/preload: ${loadSecrets(stack.dataDir).preloadToken}`)
  lines.push('', '  What runs: npm run ps')
  if (demo && !variables.CORE_SYSTEM_URL) lines.push('  The core system is a stand-in; to make it slow, wrong or dead: npm run core -- --help')
  lines.push('  To stop: Ctrl-C', '')
  console.log(lines.join('\n'))
}
