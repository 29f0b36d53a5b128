/**
 * The mix of load/core-cut/mix.json for k6: arrivals at a fixed rate that wait for no answer.
 *   k6 run -e URL=http://127.0.0.1:3000 -e ACCOUNTS=accounts.csv -e TOKEN=… load/k6/storm.js
 * URL       of the portal (default http://127.0.0.1:3000)
 * RATE      requests a second (default 50); SECONDS how long (default 60)
 * ACCOUNTS  CSV: accountNumber,phone,houseNumber, with headings; from this file's folder, or absolute
 * TOKEN     of staff, for look-ups of accounts: npm run staff-token
 */
import { randomBytes } from 'k6/crypto'
import encoding from 'k6/encoding'
import { SharedArray } from 'k6/data'
import exec from 'k6/execution'
import http from 'k6/http'
import { check } from 'k6'

const URL = __ENV.URL || 'http://127.0.0.1:3000'
const RATE = Number(__ENV.RATE || 50)
const SECONDS = Number(__ENV.SECONDS || 60)
const TOKEN = __ENV.TOKEN || ''
const FIRST_REPORTS = 20
const MOST_VISITORS = 2_000

const { routes } = JSON.parse(open('../core-cut/mix.json'))
const accounts = new SharedArray('accounts', () =>
  open(__ENV.ACCOUNTS || 'accounts.csv')
    .split(/\r?\n/)
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [accountNumber, phone, houseNumber] = line.split(',').map((cell) => cell.replaceAll('"', '').trim())
      return { accountNumber, phone, houseNumber }
    }),
)

export const options = {
  scenarios: {
    storm: { executor: 'constant-arrival-rate', rate: RATE, timeUnit: '1s', duration: `${SECONDS}s`, preAllocatedVUs: Math.min(MOST_VISITORS, Math.max(20, RATE)), maxVUs: MOST_VISITORS },
  },
  // Without an aim of its own a route has no row of its own in the summary.
  thresholds: Object.fromEntries(routes.filter(({ percent }) => percent > 0).map(({ name }) => [`http_req_duration{name:${name}}`, ['max>=0']])),
  summaryTrendStats: ['count', 'med', 'p(99)', 'p(99.9)', 'max'],
  discardResponseBodies: true,
}

const asked = {
  'home': () => http.get(`${URL}/en`, page('home')),
  'report-page': () => http.get(`${URL}/en/report`, page('report-page')),
  'sign-in-page': () => http.get(`${URL}/sign-in`, page('sign-in-page')),
  'outage-status': () => http.get(`${URL}/api/v1/outage-status`, tagged('outage-status')),
  'report-standing': (known) => {
    const { id, secret } = pick(known)
    return http.get(`${URL}/api/v1/outage-reports/${id}`, tagged('report-standing', { 'report-secret': secret }))
  },
  'guest-look-up': () => {
    const { accountNumber, houseNumber } = pick(accounts)
    return http.post(`${URL}/api/v1/guest-look-ups`, JSON.stringify({ accountNumber, houseNumber }), tagged('guest-look-up', json()))
  },
  'account-look-up': () => http.get(`${URL}/api/v1/accounts/${pick(accounts).accountNumber}`, tagged('account-look-up', { authorization: `Bearer ${TOKEN}` })),
  'report': () => sendReport('report').answer,
}

/** Reports that everybody may ask for. */
export function setup() {
  const known = []
  for (let report = 0; report < FIRST_REPORTS; report++) {
    const { id, secret, answer } = sendReport('first-report')
    if (answer.status === 201) known.push({ id, secret })
  }
  if (known.length === 0) exec.test.abort('The portal did not take the first reports')
  return known
}

export default function arrive(known) {
  const drawn = Math.random() * 100
  let bound = 0
  const { name } = routes.find(({ percent }) => drawn < (bound += percent)) ?? routes[0]
  check(asked[name](known), { 'answered below 400': ({ status }) => status > 0 && status < 400 }, { name })
}

function sendReport(name) {
  const id = uuidV7()
  const secret = encoding.b64encode(randomBytes(16), 'rawurl')
  const savedAt = new Date().toISOString()
  const body = JSON.stringify({
    schema: 1, id, savedAt, locale: 'en', channel: 'web',
    place: { accountNumber: pick(accounts).accountNumber },
    hazards: Math.random() < 1 / 30 ? ['downed-line'] : [],
    scope: 'whole-home', heardBang: 'unknown', neighborsOut: 'yes', medicalEquipment: false,
  })
  const headers = { ...json(), 'report-secret': secret, 'report-attempt': '1', 'report-sent-at': savedAt }
  return { id, secret, answer: http.post(`${URL}/api/v1/outage-reports`, body, tagged(name, headers)) }
}

function uuidV7() {
  const bytes = new Uint8Array(randomBytes(16))
  let ms = Date.now()
  for (let index = 5; index >= 0; index--) {
    bytes[index] = ms % 256
    ms = Math.floor(ms / 256)
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

function page(name) {
  return tagged(name, { 'accept': 'text/html', 'accept-encoding': 'gzip' })
}

function tagged(name, headers = {}) {
  return { headers, tags: { name }, redirects: 0, timeout: '20s' }
}

function json() {
  return { 'content-type': 'application/json' }
}

function pick(choices) {
  return choices[Math.floor(Math.random() * choices.length)]
}
