import { z } from 'zod'
import { coreAccountSchema } from './core-account.ts'
import { describedAnswers, receiptSchema, snapshotSchema } from './core-answers.ts'
import { coreFollowUpSchema, corePaymentSchema, coreReportSchema } from './core-delivery.ts'

const schemas = {
  Snapshot: snapshotSchema,
  ...describedAnswers,
  Account: coreAccountSchema,
  Report: coreReportSchema,
  FollowUp: coreFollowUpSchema,
  Payment: corePaymentSchema,
  Receipt: receiptSchema,
  Problem: z.object({ title: z.string(), detail: z.string().optional().describe('Shown to staff') }).describe('RFC 9457'),
} as const
type SchemaName = keyof typeof schemas

const reference = (name: SchemaName) => ({ $ref: `#/components/schemas/${name}` })
const header = (description: string, schema: object = { type: 'string' }) => ({ description, schema })
const etag = { ETag: header('Tells this answer from every other one') }
const json = (name: SchemaName, description: string, headers: object = {}) => ({ description, headers, content: { 'application/json': { schema: reference(name) } } })
const problem = (description: string) => ({ description, content: { 'application/problem+json': { schema: reference('Problem') } } })
const later = (description: string) => ({ ...problem(description), headers: { 'Retry-After': header('Seconds, or an HTTP date: nothing is asked before') } })
const unchanged = { description: 'Nothing but what If-None-Match names', headers: etag }
const gone = (what: string) => problem(`${what} is no longer kept: Stormdoor begins anew with a full load`)
const responses = {
  Unauthorized: problem('The credentials are not accepted. Stormdoor goes on trying: they are mended by people'),
  TooMany: later('Fewer calls, please'),
  NotNow: later('Not now, for example in maintenance'),
  Refused: problem('4xx: refused for good, when it is said in JSON; 5xx: passing'),
}
const response = (name: keyof typeof responses) => ({ $ref: `#/components/responses/${name}` })
const everywhere = { '401': response('Unauthorized'), '429': response('TooMany'), '503': response('NotNow'), default: response('Refused') }
const path = (name: string, schema: object, description: string) => ({ name, in: 'path', required: true, schema, description })
const query = (name: string, required: boolean, schema: object, description: string) => ({ name, in: 'query', required, schema, description })
const uuid = { type: 'string', format: 'uuid' }
const cursor = { type: 'string', maxLength: 512 }
const limit = query('limit', true, { type: 'integer', minimum: 1, maximum: 5_000 }, 'Rows at the most')
const known = { name: 'If-None-Match', in: 'header', schema: { type: 'string' }, description: 'The ETag of the last answer' }

/** @param what as it is called in the descriptions */
const delivery = (operationId: string, name: SchemaName, what: string, ids: object[]) => ({
  put: {
    operationId,
    description: `Takes ${what}, durably, before it answers. The same bytes come again after a lost answer: the same reference is answered. Kept for at least 30 days.`,
    parameters: ids,
    requestBody: { required: true, content: { 'application/json': { schema: reference(name), example: schemas[name].meta()?.['example'] } } },
    responses: {
      '201': json('Receipt', 'It was not there, and now is'),
      '200': json('Receipt', 'It was there already, with the same bytes'),
      '409': problem('It is there with other bytes; those stand'),
      '422': problem('It cannot be taken as it is: staff see why, and may have it sent again'),
      ...everywhere,
    },
  },
})

/** OpenAPI 3.1 of what Stormdoor asks of a core system, from the schemas that check its answers. */
export function coreOpenApi() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Core system for Stormdoor',
      version: '1',
      description:
        'What a utility serves so that Stormdoor knows its accounts and hands over its reports. Every call may come again and may come from several places at once. '
        + 'Canonical text of an account, for the digest of a snapshot: JSON without spaces of the list [accountNumber, name, phones, email, line1, line2, city, state, '
        + 'postalCode, latitude, longitude, servicePoint, meterNumber, circuit, transformer, language, medicalEquipment] and, where one of them is told, [movedInOn, movedOutOn, meterSince] at its end, as told, null for what is absent; numbers as ECMAScript writes them.',
    },
    servers: [{ url: 'https://core.example/core/v1', description: 'CORE_SYSTEM_URL' }],
    security: [{ token: [] }, { certificate: [] }],
    paths: {
      '/account-snapshot': {
        get: {
          operationId: 'getAccountSnapshot',
          description: 'The newest state of all accounts that can be fetched page by page. It stays readable, unchanged, for at least a day.',
          parameters: [known],
          responses: { '200': json('Snapshot', 'What it is', etag), '304': unchanged, ...everywhere },
        },
      },
      '/account-snapshot/{snapshotId}/accounts': {
        get: {
          operationId: 'getAccountPage',
          description: 'Its rows in an order that stays the same. Any page may be asked for again.',
          parameters: [path('snapshotId', { type: 'string' }, 'As told'), limit, query('after', false, cursor, 'As `next` of the page before; absent for the first')],
          responses: { '200': json('AccountPage', 'A page'), '410': gone('The snapshot'), ...everywhere },
        },
      },
      '/account-changes': {
        get: {
          operationId: 'getAccountChanges',
          description: 'What changed after the cursor, oldest first. Cursors are kept for at least two weeks.',
          parameters: [query('since', true, cursor, '`changesFrom` of a snapshot, or `next` of the answer before'), limit, known],
          responses: { '200': json('AccountChanges', 'Changes, or none', etag), '304': unchanged, '410': gone('The cursor'), ...everywhere },
        },
      },
      '/accounts/{accountNumber}': {
        get: {
          operationId: 'getAccount',
          parameters: [path('accountNumber', { type: 'string' }, 'As told')],
          responses: { '200': json('Account', 'The account as it is now', etag), '404': problem('There is none of that number'), ...everywhere },
        },
      },
      '/outage-reports/{id}': delivery('putOutageReport', 'Report', 'an outage report', [path('id', uuid, 'reportId')]),
      '/outage-reports/{reportId}/follow-ups/{id}': delivery('putFollowUp', 'FollowUp', 'what was said of a report later', [path('reportId', uuid, 'Of the report'), path('id', uuid, 'followUpId')]),
      '/payments/{id}': delivery('putPayment', 'Payment', 'a payment', [path('id', uuid, 'paymentId')]),
    },
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'CORE_SYSTEM_TOKEN' },
        certificate: { type: 'mutualTLS', description: 'CORE_SYSTEM_CERT and CORE_SYSTEM_KEY' },
      },
      responses,
      schemas: describedSchemas(),
    },
  }
}

/** Each schema once: one within another is a reference. */
function describedSchemas(): Record<SchemaName, object> {
  const named = z.registry<{ id: string }>()
  for (const [name, schema] of Object.entries(schemas)) named.add(schema, { id: name })
  const told = z.toJSONSchema(named, { target: 'draft-2020-12', io: 'input', uri: (id) => `#/components/schemas/${id}` })
  return Object.fromEntries(Object.entries(told.schemas).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [name, schema])) as Record<SchemaName, object>
}
