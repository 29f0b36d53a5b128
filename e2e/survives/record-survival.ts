import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { projectFolder } from '../../bin/setup/project-folder.ts'

/** What kinds of fault stand together in the table, in its order. */
export const SURVIVAL_FAMILIES = ['Browser killed', 'Shared phone', 'Tabs and worker', 'Network', 'Answers', 'New version', 'Storage', 'Clock', 'Many reports', 'Signing keys'] as const

/** One way to lose a report, as it was tried. */
export const survivalSchema = z.object({
  family: z.enum(SURVIVAL_FAMILIES),
  /** The fault in words: the row's name, the same in every engine. */
  case: z.string().min(1),
  /** Such as `Chromium`, `Firefox ESR`, `WebKitGTK`. */
  engine: z.string().min(1),
  engineVersion: z.string(),
  /** Reports that the customer was told are saved, or sent directly where nothing can be saved. */
  saved: z.int().min(0),
  /** Of those, how many are not in Postgres or not in the log. */
  lost: z.int().min(0),
  /** How many stand more than once in Postgres or in the log. */
  doubled: z.int().min(0),
  /** What the customer reads, in the order in which it is said. */
  sees: z.array(z.string()),
})
export type Survival = z.infer<typeof survivalSchema>

/** Where rows go: named by `npm run survives`, else beside the other results of a test run. */
export const SURVIVALS_VARIABLE = 'STORMDOOR_SURVIVALS'

/** Adds one row, as a line of JSON. */
export function recordSurvival(row: Survival): void {
  const path = process.env[SURVIVALS_VARIABLE] || join(projectFolder, 'test-results/survivals.jsonl')
  mkdirSync(dirname(path), { recursive: true })
  appendFileSync(path, `${JSON.stringify(row)}\n`)
}
