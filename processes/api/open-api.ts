import { z } from 'zod'
import { accountLookUpSchema, accountsFoundSchema, LOOK_UP_FACTS } from '../../domain/account-look-up.ts'
import { outageReportV1Schema } from '../../domain/outage-report.ts'
import { guestLookUpSchema, nearbySchema } from '../../domain/guest-look-up.ts'
import { erasureRequestSchema, meSchema, myPremisesSchema, profileChangeSchema, profileSchema } from '../../domain/me.ts'
import { outageStatusSchema } from '../../domain/outage-status.ts'
import { preloadBegunSchema, preloadedSchema, preloadRunSchema, preloadSchema } from '../../domain/preload.ts'
import { problemSchema } from '../../domain/problem.ts'
import { receiptSchema } from '../../domain/receipt.ts'
import { reportFollowUpV1Schema } from '../../domain/report-follow-up.ts'
import { DOOR_HEADERS as answers, REPORT_HEADERS as headers } from '../../domain/report-limits.ts'
import { reportStandingSchema } from '../../domain/report-standing.ts'

const schemas = {
  OutageReport: outageReportV1Schema,
  ReportFollowUp: reportFollowUpV1Schema,
  Receipt: receiptSchema,
  ReportStanding: reportStandingSchema,
  OutageStatus: outageStatusSchema,
  GuestLookUp: guestLookUpSchema,
  Nearby: nearbySchema,
  AccountsFound: accountsFoundSchema,
  Me: meSchema,
  MyPremises: myPremisesSchema,
  Profile: profileSchema,
  ProfileChange: profileChangeSchema,
  ErasureRequest: erasureRequestSchema,
  Preload: preloadSchema,
  Preloaded: preloadedSchema,
  PreloadBegun: preloadBegunSchema,
  PreloadRun: preloadRunSchema,
  Problem: problemSchema,
} as const
type SchemaName = keyof typeof schemas

const json = (name: SchemaName, description: string) => ({ description, content: { 'application/json': { schema: reference(name) } } })
const problem = (description: string) => ({ description, content: { 'application/problem+json': { schema: reference('Problem') } } })
const answerHeader = (type: string, description: string) => ({ schema: { type }, description })
const retryAfter = { 'Retry-After': answerHeader('integer', 'Whole seconds; come back no sooner') }
const refused = {
  '503': { ...problem('Not now: try again after Retry-After with the same id and bytes'), headers: retryAfter },
  default: problem('Refused, with field, rule and fix'),
}
const lookUpRefused = {
  '400': problem('Not one fact, or not one that can be'),
  '401': problem('No token, or one that is not ours or has ended'),
  '403': problem('The token is not for this'),
  '503': { ...problem('Cannot be read, or cannot be audited, just now'), headers: retryAfter },
}
const meRefused = { '401': problem('Nobody is signed in'), ...refused }
/** Of what changes something. */
const changeRefused = {
  ...meRefused,
  '403': problem('Not asked by a page of the portal'),
  '415': problem('Not application/json'),
  '422': problem('JSON, but not what it must be'),
}
const times = {
  [answers.serverTime]: answerHeader('string', "The server's clock, ISO 8601 UTC with milliseconds"),
  [answers.spreadMs]: answerHeader('integer', 'Over how many milliseconds phones that were cut off spread their first send'),
}
const slot = {
  [answers.slotMs]: answerHeader('integer', 'Come back so many milliseconds from now'),
  [answers.slot]: answerHeader('string', `The ticket to show then, as ${headers.slot}`),
}
const secretHeader = {
  name: headers.secret, in: 'header', required: true, description: 'base64url of the 16 secret bytes made with the id',
  schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{21}[AQgw]$' }, example: 'AAECAwQFBgcICQoLDA0ODw',
}

const staffToken = [{ staffToken: [] }]
const serviceToken = [{ serviceToken: [] }]
const customerSession = [{ customerSession: [] }]
const reportIdParameter = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }
/** Of every frozen body: evidence that may differ at each send. */
const sendParameters = [
  secretHeader,
  { name: headers.attempt, in: 'header', schema: { type: 'integer', minimum: 1 }, description: '1 for the first send' },
  { name: headers.sentAt, in: 'header', schema: { type: 'string', format: 'date-time' }, description: "The phone's clock at this send" },
  { name: headers.elapsedMs, in: 'header', schema: { type: 'number', minimum: 0 }, description: 'Monotonic milliseconds since it was saved' },
  { name: headers.clockOffsetMs, in: 'header', schema: { type: 'number' }, description: "The server's clock minus the phone's, in milliseconds, as known when it was saved" },
  { name: headers.clockErrorMs, in: 'header', schema: { type: 'number', minimum: 0 }, description: 'How far that may be off, milliseconds' },
  { name: headers.priority, in: 'header', schema: { const: 'hazard' }, description: 'When the body names a hazard: it is refused last' },
  { name: headers.slot, in: 'header', schema: { type: 'string' }, description: `The ticket that an earlier refusal gave as ${answers.slot}` },
  { name: 'traceparent', in: 'header', schema: { type: 'string' }, description: 'W3C trace context' },
]
/** @param what as the refusals call it */
const sendResponses = (what: string) => ({
  ...withTimes({
    '201': json('Receipt', 'In the event log, durably'),
    '200': json('Receipt', 'It was there already; the receipt claims the same as the first time'),
    '404': problem('The id exists under another secret'),
    '409': problem('The id was used for another body; the first one stands'),
    '413': problem('Larger than 16,384 bytes'),
    '415': problem('Not application/json'),
    '422': problem(`JSON, but not a ${what}`),
    default: refused.default,
  }),
  '503': { ...refused['503'], headers: { ...retryAfter, ...times, ...slot } },
})

/** OpenAPI 3.1 of `/api/v1`, from the schemas that check it. */
export function openApi(publicUrl: string) {
  return {
    openapi: '3.1.0',
    info: { title: 'Stormdoor', version: '1', description: 'Outage reports that are taken exactly once, whatever is down behind the door.' },
    servers: [{ url: publicUrl }],
    paths: {
      '/api/v1/outage-reports': {
        post: {
          operationId: 'reportOutage',
          description: 'The body is frozen: every retry sends the same bytes under the same id.',
          parameters: sendParameters,
          requestBody: request('OutageReport'),
          responses: sendResponses('report'),
        },
      },
      '/api/v1/outage-reports/{id}': {
        get: {
          operationId: 'getOutageReport',
          parameters: [reportIdParameter, secretHeader],
          responses: { '200': json('ReportStanding', 'Where it stands'), '404': problem('Unknown, or another secret'), ...refused },
        },
      },
      '/api/v1/outage-reports/{id}/follow-ups': {
        post: {
          operationId: 'followUpReport',
          description: "Withdraws a report, adds to it, or says whether the power is still out, by the report's secret. Taken also before the report itself arrives.",
          parameters: [reportIdParameter, ...sendParameters],
          requestBody: request('ReportFollowUp'),
          responses: sendResponses('follow-up'),
        },
      },
      '/api/v1/outage-status': {
        get: { operationId: 'getOutageStatus', responses: { '200': json('OutageStatus', 'The last known level with its age'), ...refused } },
      },
      '/api/v1/guest-look-ups': {
        post: {
          operationId: 'lookUpAsGuest',
          description: 'Tells whether neighbors have reported, never whose account it is. The answer looks the same when nothing matches.',
          requestBody: request('GuestLookUp'),
          responses: { '200': json('Nearby', 'Whether enough neighbors have reported'), '429': problem('Too many different look-ups that matched nothing'), ...refused },
        },
      },
      '/api/v1/accounts': {
        get: {
          operationId: 'findAccounts',
          description: 'Accounts by one fact, ordered by account number, 20 at the most, from what was last told, also while the database or the core system is down. None found: there are none. Who looked at what is kept.',
          security: staffToken,
          parameters: Object.entries(accountLookUpSchema.shape).map(([name, schema]) => ({ name, in: 'query', schema: schemaOf(schema), description: schema.description ?? `One of ${LOOK_UP_FACTS.join(', ')}` })),
          responses: { '200': json('AccountsFound', 'What was found, with its age'), ...lookUpRefused },
        },
      },
      '/api/v1/accounts/{accountNumber}': {
        get: {
          operationId: 'getAccount',
          security: staffToken,
          parameters: [{ name: 'accountNumber', in: 'path', required: true, schema: { type: 'string', minLength: 1, maxLength: 32 }, description: 'With or without spaces and dashes' }],
          responses: { '200': json('AccountsFound', 'The account, with its age'), '404': problem('There is no such account'), ...lookUpRefused },
        },
      },
      '/api/v1/me': {
        get: {
          operationId: 'getMe',
          description: 'What a signed-in customer sees: their accounts with the state of the power and the reports at each, from what was last told, with its age.',
          security: customerSession,
          responses: { '200': json('Me', 'As last told, with its age'), ...meRefused },
        },
      },
      '/api/v1/me/premises': {
        get: { operationId: 'getMyPremises', security: customerSession, responses: { '200': json('MyPremises', 'Where they may report an outage'), ...meRefused } },
      },
      '/api/v1/me/data': {
        get: {
          operationId: 'getMyData',
          description: 'Everything that the portal holds about the customer, as a file.',
          security: customerSession,
          responses: { '200': { description: 'To be kept by them', content: { 'application/json': { schema: { type: 'object' } } } }, '403': problem('Signed in more than ten minutes ago: sign in again first'), ...meRefused },
        },
      },
      '/api/v1/me/profile': {
        put: {
          operationId: 'changeProfile',
          description: 'How the customer wants to be reached: the whole of it. Sent again it is the same change.',
          security: customerSession,
          requestBody: request('ProfileChange'),
          responses: { '200': json('Profile', 'In the event log, durably'), '409': problem('It was changed from that version already; read it again'), ...changeRefused },
        },
      },
      '/api/v1/me/erasure': {
        post: {
          operationId: 'requestErasure',
          description: 'The customer asks to be forgotten: their access ends, and their login goes with its sessions. It cannot be taken back.',
          security: customerSession,
          requestBody: request('ErasureRequest'),
          responses: { '202': { description: 'In the event log, durably', content: { 'application/json': { schema: { type: 'object' } } } }, '409': problem('The id was used for something else'), ...changeRefused, '403': problem('Not asked by a page of the portal, or by who signed in more than ten minutes ago') },
        },
      },
      '/api/v1/preload': {
        post: {
          operationId: 'preloadAccounts',
          description: 'Brings accounts from the core system into the cache: some, answered one by one, or all, by a run. Asking again is harmless.',
          security: serviceToken,
          requestBody: request('Preload'),
          responses: {
            '200': json('Preloaded', 'What became of each account, in the order asked'),
            '202': { ...json('PreloadBegun', 'A run of all accounts was asked for'), headers: { Location: answerHeader('string', 'Where to ask how it goes') } },
            '401': problem('No token, or one that is not known'),
            '403': problem('The token is not for this: acceptDifference needs the scope accept-difference'),
            '422': problem('Not a request for accounts or for all of them; or for single accounts where the core system gives files (rule full-load-only)'),
            ...refused,
          },
        },
      },
      '/api/v1/preload/{runId}': {
        get: {
          operationId: 'getPreloadRun',
          security: serviceToken,
          parameters: [{ name: 'runId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
          responses: { '200': json('PreloadRun', 'Under way, or how it ended'), '401': problem('No token, or one that is not known'), '404': problem('Nobody asked for this run'), ...refused },
        },
      },
      '/api/v1/health': {
        get: { operationId: 'getHealth', responses: { '200': { description: 'The process answers', content: { 'application/json': { schema: { type: 'object' } } } } } },
      },
      '/api/v1/openapi.json': {
        get: { operationId: 'getOpenApi', responses: { '200': { description: 'This document', content: { 'application/json': { schema: { type: 'object' } } } } } },
      },
      '/.well-known/jwks.json': {
        get: { operationId: 'getKeys', responses: withTimes({ '200': { description: 'Public keys of receipts (RFC 7517)', content: { 'application/jwk-set+json': { schema: { type: 'object' } } } } }) },
      },
    },
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, schemaOf(schema)])),
      securitySchemes: {
        customerSession: { type: 'apiKey', in: 'cookie', name: 'stormdoor-customer.session_data', description: 'Set by signing in; signed, for 24 hours at most' },
        staffToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Of a member of staff, for at most 12 hours, with the scope accounts' },
        serviceToken: { type: 'http', scheme: 'bearer', description: 'Of a program, with the scope preload; for acceptDifference with accept-difference, too' },
      },
    },
  }
}

function request(name: SchemaName) {
  return { required: true, content: { 'application/json': { schema: reference(name), example: schemas[name].meta()?.['example'] } } }
}

/** With the two headers that a phone's clock and its next return go by. */
function withTimes<S extends string>(responses: Record<S, object>): Record<S, object> {
  return Object.fromEntries(Object.entries<object>(responses).map(([status, response]) => [status, { ...response, headers: times }])) as Record<S, object>
}

function reference(name: SchemaName): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` }
}

function schemaOf(schema: z.ZodType): object {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' })
  return rest
}
