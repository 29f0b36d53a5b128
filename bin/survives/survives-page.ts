import { SURVIVAL_FAMILIES, type Survival } from '../../e2e/survives/record-survival.ts'

export interface SurvivesRun {
  /** The day of the run, `2026-11-21`. */
  date: string
  /** Of the portal. */
  version: string
  seed: number
  rows: readonly Survival[]
  /** Titles of journeys that did not end as they should: their rows may be missing. */
  failed: readonly string[]
  /** What was left out, and why. */
  leftOut: readonly string[]
}

/** What a program wants to know of a run, for `--json`. */
export function summaryOf({ rows, failed, leftOut, date, version, seed }: SurvivesRun) {
  const sum = (pick: (row: Survival) => number) => rows.reduce((total, row) => total + pick(row), 0)
  return { cases: rows.length, saved: sum(({ saved }) => saved), lost: sum(({ lost }) => lost), doubled: sum(({ doubled }) => doubled), failed: failed.length, leftOut, engines: enginesOf(rows), date, version, seed }
}

/** Every engine that rows were made with, and its version. */
function enginesOf(rows: readonly Survival[]): { name: string; version: string }[] {
  const versions = new Map(rows.map(({ engine, engineVersion }) => [engine, engineVersion]))
  return Array.from(versions, ([name, version]) => ({ name, version }))
}

/** `docs/survives.md`, whole. */
export function survivesPage(run: SurvivesRun): string {
  const { cases, saved, lost, doubled, engines } = summaryOf(run)
  const lines = [
    '# What a report survives',
    '',
    'Every way that we know to lose a report on a phone, tried with a real portal (all processes, real Postgres, Redis and event log), real browsers and real faults.',
    '**Saved** counts the reports that the customer was told are saved, or sent directly where the browser keeps nothing; **lost** those of them that are not in Postgres or not in the log; **doubled** those that stand there more than once.',
    'The last column is what the page says, in the order in which it says it; references and times are left out.',
    '',
    `Run on ${run.date}, portal ${run.version}, ${engines.map(({ name, version }) => `${name} ${version}`).join(', ')}, seed ${run.seed}: ${cases} cases, ${saved} reports, ${lost} lost, ${doubled} doubled, ${run.failed.length} journeys failed.`,
    '',
    'This page is written by `npm run survives` (`-- --seed N` for another run, `-- --json` for a program) and by nothing else. WebKitGTK is the nearest to an iPhone’s engine that runs on a server; it is not one: it has neither its suspension nor its eviction of sites after a week.',
    '',
    'What no phone survives: a report whose only copy is destroyed before it could be sent, with no page open that still holds it. The site’s data cleared by hand, its files overwritten, a private window closed, the phone lost.',
    ...listed('Left out', run.leftOut),
    ...listed('Failed', run.failed),
  ]
  for (const family of SURVIVAL_FAMILIES) {
    const rows = run.rows.filter((row) => row.family === family)
    if (rows.length === 0) continue
    lines.push('', `## ${family}`, '', '| fault | engine | saved | lost | doubled | what the customer reads |', '| --- | --- | --: | --: | --: | --- |')
    for (const row of rows) lines.push(`| ${cell(row.case)} | ${cell(row.engine)} | ${row.saved} | ${row.lost} | ${row.doubled} | ${row.sees.map((words) => `“${cell(words)}”`).join('<br>')} |`)
  }
  return `${lines.join('\n')}\n`
}

function listed(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : ['', `${title}:`, '', ...items.map((item) => `- ${item}`)]
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim()
}
