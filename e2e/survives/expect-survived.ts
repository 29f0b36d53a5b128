import type { Browser, Locator } from '@playwright/test'
import type { Portal } from '../support/portal.ts'
import { expect } from '../support/test.ts'
import { recordSurvival, type Survival } from './record-survival.ts'

const FOLDED_WITHIN_MS = 60_000

export interface Tried extends Pick<Survival, 'family' | 'case' | 'sees'> {
  /** In every report's address and notes; of several reports each has a number behind it (`numbered`). */
  marker: string
  /** How many reports the customer was told are saved; 1 when not given. */
  count?: number
  /** How many other bodies the log is to keep under the ids of these reports, beside the first; 0 when not given. */
  conflicts?: number
}

/** The marker of one of several reports. */
export function numbered(marker: string, number: number): string {
  return `${marker}-${String(number).padStart(3, '0')}`
}

/** Waits for the projections, records what became of the reports, and expects each to stand exactly once in Postgres and in the log. */
export async function expectSurvived(portal: Portal, browser: Browser, { marker, count = 1, conflicts = 0, ...told }: Tried): Promise<void> {
  const look = () => reckon(portal, marker, count, conflicts)
  await expect.poll(async () => (await look()).lost, { timeout: FOLDED_WITHIN_MS, message: `lost of ${marker}` }).toBe(0).catch(() => undefined)
  const { lost, doubled } = await look()
  recordSurvival({ ...told, engine: 'Chromium', engineVersion: browser.version(), saved: count, lost, doubled })
  expect({ lost, doubled }, `${count} reports of ${marker}`).toEqual({ lost: 0, doubled: 0 })
}

async function reckon(portal: Portal, marker: string, count: number, conflicts: number): Promise<{ lost: number; doubled: number }> {
  const rows = await portal.rowsWith(marker)
  const events = (await portal.eventsWith(marker)).filter(({ type }) => type === 'outage.reported.v1')
  const reports = new Set(events.map(({ data }) => new RegExp(`${marker}(-\\d{3})?`).exec(JSON.stringify(data))![0]))
  return { lost: count - Math.min(reports.size, rows), doubled: events.length - conflicts - reports.size + Math.max(0, rows - reports.size) }
}

const REFERENCE = /\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}\b/g
const TIME = /(\w{3} \d{1,2}, )?\d{1,2}:\d{2}(\s?[AP]M)?/g
/** Where, when and the code to look it up by: true, and different in every run. */
const FACTS = /^Reference\b|^Code for our staff|^(Saved|Received|Withdrawn) (at )?…|Street$/

/** What a person reads there, in one line, without what differs from run to run; waits until it says `telling`. */
export async function wordsOf(place: Locator, telling = ''): Promise<string> {
  let words = ''
  await expect.poll(async () => (words = told(await place.innerText())), { timeout: FOLDED_WITHIN_MS }).toContain(telling)
  return words
}

function told(text: string): string {
  const lines = text.replaceAll(REFERENCE, '…').replaceAll(TIME, '…').split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '' && !FACTS.test(line)).join(' ')
}
