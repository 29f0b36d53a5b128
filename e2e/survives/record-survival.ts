import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectFolder } from '../../bin/setup/project-folder.ts'

/** One way to lose a report, as it was tried. */
export interface Survival {
  /** What kinds of fault stand together in the table. */
  family: 'Tabs and worker' | 'Network' | 'Answers' | 'New version' | 'Storage' | 'Clock' | 'Many reports' | 'Signing keys' | 'Browser killed'
  /** The fault in words: the row's name, the same in every engine. */
  case: string
  /** Such as `Chromium`, `Firefox`, `WebKitGTK`. */
  engine: string
  engineVersion: string
  /** Reports that the customer was told are saved, or sent directly where nothing can be saved. */
  saved: number
  /** Of those, how many are not in Postgres or not in the log. */
  lost: number
  /** How many stand more than once in Postgres or in the log. */
  doubled: number
  /** What the customer reads, in the order in which it is said. */
  sees: string[]
}

/** Where rows go: named by `npm run survives`, else beside the other results of a test run. */
export const SURVIVALS_VARIABLE = 'STORMDOOR_SURVIVALS'

/** Adds one row, as a line of JSON. */
export function recordSurvival(row: Survival): void {
  const path = process.env[SURVIVALS_VARIABLE] || join(projectFolder, 'test-results/survivals.jsonl')
  mkdirSync(dirname(path), { recursive: true })
  appendFileSync(path, `${JSON.stringify(row)}\n`)
}
