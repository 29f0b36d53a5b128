import { staffMay, type StaffPermission } from '../../../domain/staff-permissions.ts'
import { isCustomer, isStaff, type Visitor, type WalkingCustomer } from './visitors.ts'

/** What the walk knows, to ask for what is there, for another's, and for what is nobody's. */
export interface Known {
  customer: WalkingCustomer
  other: WalkingCustomer
  /** All of the first customer. */
  reportId: string
  loginId: string
  invitationId: string
  /** Beside the one by which they walk. */
  secondSessionId: string
  /** UUIDs, each nobody's. */
  nobodys: string
}

export interface Entrance {
  /** Addresses with what they answer those who may: a status, with where it leads to. */
  opens: (known: Known) => Record<string, string>
  /** What this visitor is answered instead, whatever the address names; null: they may. */
  instead: (visitor: Visitor) => string | null
  body?: (known: Known) => { type: string; text: string }
}

type Addresses = string | Entrance['opens']

function opening(addresses: Addresses, answer = '200'): Entrance['opens'] {
  return typeof addresses === 'string' ? () => ({ [addresses]: answer }) : addresses
}

function forAll(addresses: Addresses, answer?: string): Entrance {
  return { opens: opening(addresses, answer), instead: () => null }
}

const customerPage = (addresses: Addresses): Entrance => ({ opens: opening(addresses), instead: (visitor) => (isCustomer(visitor) ? null : '307 /account/sign-in') })
const customerRoute = (addresses: Addresses, answer?: string): Entrance => ({ opens: opening(addresses, answer), instead: (visitor) => (isCustomer(visitor) ? null : '401') })
const staffPage = (permission: StaffPermission | null, addresses: Addresses): Entrance => ({ opens: opening(addresses), instead: (visitor) => unlessStaff(visitor, permission, '307 /sign-in') })
const staffRoute = (permission: StaffPermission, addresses: Addresses): Entrance => ({ opens: opening(addresses), instead: (visitor) => unlessStaff(visitor, permission, '401') })

function unlessStaff(visitor: Visitor, permission: StaffPermission | null, nobody: string): string | null {
  if (!isStaff(visitor)) return nobody
  return permission === null || staffMay(visitor, permission) ? null : '403'
}

const json = (value: object) => () => ({ type: 'application/json', text: JSON.stringify(value) })
const below = (path: string, real: (known: Known) => string, strange: string, after = '') => (known: Known) => ({
  [`${path}/${real(known)}${after}`]: '200',
  [`${path}/${known.nobodys}${after}`]: strange,
  [`${path}/%00'--${after}`]: strange,
})
const accountNumber = ({ customer }: Known) => customer.account.accountNumber

/** Every page and route: who may, and what others are answered. The walk fails for one that does not stand here. */
export const ENTRANCES: Readonly<Record<string, Entrance>> = {
  'GET /': forAll('/', '307 /en'),
  'GET /report': forAll('/report', '307 /en/report'),
  'GET /reports': forAll('/reports', '307 /en/reports'),
  'GET /account': forAll('/account', '307 /en/account'),
  'GET /[locale]': forAll(() => ({ '/en': '200', '/es': '200', '/xx': '404' })),
  'GET /[locale]/account': forAll(() => ({ '/en/account': '200', '/es/account': '200', '/xx/account': '404' })),
  'GET /[locale]/manifest.webmanifest': forAll('/en/manifest.webmanifest'),
  'GET /manifest.webmanifest': forAll('/manifest.webmanifest'),
  'GET /[locale]/offline': forAll('/en/offline'),
  'GET /[locale]/report': forAll('/en/report'),
  'GET /[locale]/reports': forAll('/en/reports'),
  'GET /:locale(^en$|^es$)/report/received': forAll('/en/report/received', '404'),
  'POST /report': { ...forAll('/report', '422'), body: () => ({ type: 'application/x-www-form-urlencoded', text: 'id=no' }) },
  'GET /icons/[file]': forAll(() => ({ '/icons/icon.svg': '200', '/icons/other.svg': '404' })),

  'GET /account/add': customerPage('/account/add'),
  'GET /account/add/[additionId]': customerPage(({ nobodys }) => ({ [`/account/add/${nobodys}`]: '200', '/account/add/no-id': '200' })),
  'GET /account/household': customerPage('/account/household'),
  'GET /account/invitation': forAll('/account/invitation'),
  'GET /account/reset': forAll('/account/reset'),
  'GET /account/reset/new': forAll('/account/reset/new'),
  'GET /account/reset/sent': forAll('/account/reset/sent'),
  'GET /account/security': customerPage('/account/security'),
  'GET /account/sign-in': { opens: opening('/account/sign-in'), instead: (visitor) => (isCustomer(visitor) ? '307 /en/account' : null) },
  'GET /account/sign-up': forAll('/account/sign-up'),
  'GET /account/sign-up/[signUpId]': forAll(({ nobodys }) => ({ [`/account/sign-up/${nobodys}`]: '200' })),
  'GET /account/welcome': customerPage('/account/welcome'),

  'GET /desk': staffPage('desk.read', '/desk'),
  'GET /desk/accounts/[accountNumber]': staffPage('account.read', below('/desk/accounts', accountNumber, '404')),
  'GET /desk/accounts/[accountNumber]/timeline': staffRoute('account.read', below('/desk/accounts', accountNumber, '404', '/timeline')),
  'POST /desk/accounts': { ...staffRoute('account.search', '/desk/accounts'), body: (known) => ({ type: 'text/plain', text: accountNumber(known) }) },
  'GET /desk/audit': staffPage('audit.read', '/desk/audit'),
  'GET /desk/audit/export': staffRoute('audit.export', '/desk/audit/export'),
  'GET /desk/my-sign-in': staffPage(null, '/desk/my-sign-in'),
  'GET /desk/new-report': staffPage('report.take', (known) => ({ '/desk/new-report': '200', [`/desk/new-report?account=${accountNumber(known)}`]: '200' })),
  'GET /desk/operations': staffRoute('system.read', '/desk/operations'),
  'GET /desk/reports': staffRoute('desk.read', '/desk/reports'),
  'GET /desk/reports/[id]': staffPage('desk.read', below('/desk/reports', ({ reportId }) => reportId, '200')),
  'POST /desk/search': { ...staffRoute('account.search', '/desk/search'), body: ({ customer }) => ({ type: 'text/plain', text: customer.account.personal.name }) },
  'GET /desk/staff': staffPage('staff.manage', '/desk/staff'),
  'GET /desk/stream': staffRoute('desk.read', '/desk/stream'),
  'GET /desk/system': staffPage('system.read', '/desk/system'),
  'GET /desk/undelivered': staffPage('desk.read', '/desk/undelivered'),
  'GET /desk/undelivered/count': staffRoute('desk.read', '/desk/undelivered/count'),
  'GET /desk/undelivered/list': staffRoute('desk.read', '/desk/undelivered/list'),

  'GET /sign-in': { opens: opening('/sign-in'), instead: (visitor) => (isStaff(visitor) ? '307 /desk' : null) },
  'GET /sign-in/code': forAll('/sign-in/code'),
  'GET /sign-in/enrol': { opens: opening('/sign-in/enrol'), instead: (visitor) => (isStaff(visitor) ? null : '307 /sign-in') },
  'GET /sign-in/new-password': forAll('/sign-in/new-password'),
  'GET /sign-in/no-role': forAll('/sign-in/no-role', '403'),
  'GET /sign-in/oidc/begin': forAll('/sign-in/oidc/begin', '404'),
  'GET /sign-in/oidc/callback': forAll('/sign-in/oidc/callback', '404'),

  'GET /.well-known/jwks.json': forAll('/.well-known/jwks.json'),
  'GET /api/v1/health': forAll('/api/v1/health'),
  'GET /api/v1/openapi.json': forAll('/api/v1/openapi.json'),
  'GET /api/v1/outage-status': forAll('/api/v1/outage-status'),
  // A guest's report is opened by its secret alone: being signed in opens none.
  'GET /api/v1/outage-reports/:id': forAll(({ reportId, nobodys }) => ({ [`/api/v1/outage-reports/${reportId}`]: '422', [`/api/v1/outage-reports/${nobodys}`]: '422', '/api/v1/outage-reports/no-id': '422' })),
  'POST /api/v1/outage-reports': { ...forAll('/api/v1/outage-reports', '422'), body: json({}) },
  'POST /api/v1/outage-reports/:id/follow-ups': { ...forAll(({ reportId }) => ({ [`/api/v1/outage-reports/${reportId}/follow-ups`]: '422' })), body: json({}) },
  'POST /api/v1/guest-look-ups': { ...forAll('/api/v1/guest-look-ups', '422'), body: json({}) },
  // For programs with a token: a session, of whomever, is none.
  'GET /api/v1/accounts': forAll(({ customer }) => ({ [`/api/v1/accounts?phone=${encodeURIComponent(customer.account.personal.phones[0]!)}`]: '401' })),
  'GET /api/v1/accounts/:accountNumber': forAll((known) => ({ [`/api/v1/accounts/${accountNumber(known)}`]: '401', '/api/v1/accounts/no-number': '401' })),
  'POST /api/v1/preload': { ...forAll('/api/v1/preload', '401'), body: json({ all: true }) },
  'GET /api/v1/preload/:runId': forAll(({ nobodys }) => ({ [`/api/v1/preload/${nobodys}`]: '401' })),
  'GET /api/v1/me': customerRoute('/api/v1/me'),
  'GET /api/v1/me/premises': customerRoute('/api/v1/me/premises'),
  'GET /api/v1/me/data': customerRoute('/api/v1/me/data'),
  'PUT /api/v1/me/profile': { ...customerRoute('/api/v1/me/profile', '422'), body: json({}) },
  'POST /api/v1/me/erasure': { ...customerRoute('/api/v1/me/erasure', '422'), body: json({}) },
}
