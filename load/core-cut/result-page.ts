import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import type { CoreCutCourse, CoreCutResult } from './core-cut-result.ts'
import { PHASES, type PhaseFigures, type RouteFigures } from './load-figures.ts'

const PAGE_FOLDER = join(import.meta.dirname, 'page')
const COUNT_NAMES: Record<keyof CoreCutResult['reports'], string> = { sent: 'Sent', accepted: 'Accepted', failed: 'Failed', lost: 'Lost', doubled: 'Doubled', delivered: 'At the core once' }

/** One HTML page that needs nothing beside itself: charts with a table of the same figures each, in light and in dark. */
export function resultPage(result: CoreCutResult, course: CoreCutCourse): string {
  const { cut, curve, accounts, routes } = result
  const styles = readFileSync(createRequire(import.meta.url).resolve('uplot/dist/uPlot.min.css'), 'utf8') + readFileSync(join(PAGE_FOLDER, 'result-page.css'), 'utf8')
  const shaded = `From second ${cut.atSeconds} on, ${cut.processes.join(', ')} ${cut.processes.length === 1 ? 'was' : 'were'} dead; after ${cut.backAfterSeconds} s all was ready again (shaded).`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Drill: ${escaped(cut.processes.join(', '))} cut at the peak</title>
<link rel="icon" href="data:,">
<style>${styles}</style>
</head>
<body>
<header>
<h1>${escaped(cut.processes.join(', '))} cut at the peak</h1>
<p class="quiet">${escaped(`${result.startedAt}, ${curve.minutes} minutes by ${curve.name}, ${curve.requests} requests, ${curve.peakPerSecond} a second at the peak, ${accounts.count} accounts`)}</p>
<p class="verdict ${result.ok ? 'good' : 'bad'}">${result.ok ? 'Kept: no report failed, none was lost or doubled, and the core system has each once.' : 'Not kept.'}</p>
${list([...result.problems, ...(result.endedThemselves.length > 0 ? [`Ended although nobody had killed them: ${result.endedThemselves.join(', ')}`] : [])])}
</header>
<main>
<dl class="counts">${Object.entries(COUNT_NAMES).map(([name, title]) => `<div><dt>${title}</dt><dd>${result.reports[name as keyof typeof COUNT_NAMES]}</dd></div>`).join('')}<div><dt>Look-ups’ p99, during / before</dt><dd>${result.lookUpP99Ratio ?? '–'}</dd></div></dl>

<section aria-labelledby="requests"><h2 id="requests">What was asked, and what failed</h2>
<p>${escaped(shaded)} An error is no answer, or one of 400 and more.</p>
${chart('requests-chart', `Requests and errors a second over ${course.lengthSeconds} s. ${phaseWords(routes, 'errors')}`)}
${table('Requests a second and errors', ['Route', ...PHASES.flatMap((phase) => [`${phase}: a second`, 'errors'])], routes.map(({ route, ...figures }) => [route, ...PHASES.flatMap((phase) => [figures[phase].rate.toFixed(1), String(figures[phase].errors)])]))}
</section>

<section aria-labelledby="latencies"><h2 id="latencies">How long it took</h2>
<p>From when a request was due, whether or not the generator was late, to the end of its answer; errors are left out. Whole lines: 99 of 100 were faster; dashed: half were. <span class="quiet">The generator itself was late by ${result.generatorLate.p50Ms} ms (median), ${result.generatorLate.p99Ms} ms (p99), ${result.generatorLate.maxMs} ms at most.</span></p>
${chart('latencies-chart', `Latencies of pages, look-ups and reports over time, logarithmic. ${phaseWords(routes, 'latencies')}`)}
${table('Milliseconds: p50, p99, p99.9', ['Route', ...PHASES.flatMap((phase) => [`${phase}: p50`, 'p99', 'p99.9'])], routes.map(({ route, ...figures }) => [route, ...PHASES.flatMap((phase) => latencies(figures[phase]))]))}
</section>

<section aria-labelledby="reports"><h2 id="reports">From the door to the core system</h2>
<p>${escaped(backlogWords(result))}</p>
${chart('reports-chart', `Reports accepted and reports at the core system over time. ${result.reports.accepted} were accepted, ${result.reports.delivered} are at the core system once.`)}
${table('Reports', ['', 'Reports'], Object.entries(COUNT_NAMES).map(([name, title]) => [title, String(result.reports[name as keyof typeof COUNT_NAMES])]))}
</section>

<section aria-labelledby="terms"><h2 id="terms">Measured on</h2>
${table('Machine, mix and seed', ['', ''], [...Object.entries(result.machine).map(([name, value]) => [name, String(value)]), ...Object.entries(result.shares).map(([name, share]) => [`of 100 requests: ${name}`, (share * 100).toFixed(1)]), ['seed', String(result.seed)], ['accounts loaded in', `${accounts.loadedInSeconds} s`]])}
</section>
</main>
<script type="application/json" id="course">${JSON.stringify(course).replaceAll('<', String.raw`\u003c`)}</script>
<script>${drawing()}</script>
</body>
</html>
`
}

/** The charts' code with its library, as one script. */
function drawing(): string {
  const { outputFiles } = buildSync({ entryPoints: [join(PAGE_FOLDER, 'draw-charts.ts')], bundle: true, minify: true, write: false, format: 'iife', target: 'es2022', legalComments: 'inline' })
  return outputFiles[0]!.text.replaceAll('</script', String.raw`<\/script`)
}

function chart(id: string, words: string): string {
  return `<div class="chart" id="${id}" role="img" aria-label="${escaped(words)}"></div>`
}

function table(caption: string, headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const [head, body] = [headings.map((heading) => `<th scope="col">${escaped(heading)}</th>`).join(''), rows.map(([first = '', ...rest]) => `<tr><th scope="row">${escaped(first)}</th>${rest.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`).join('')]
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(caption)}"><table><caption>${escaped(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`
}

function list(words: readonly string[]): string {
  return words.length === 0 ? '' : `<ul>${words.map((word) => `<li>${escaped(word)}</li>`).join('')}</ul>`
}

function latencies({ p50Ms, p99Ms, p999Ms }: PhaseFigures): string[] {
  return [p50Ms, p99Ms, p999Ms].map((ms) => (ms === null ? '–' : ms.toFixed(1)))
}

function phaseWords(routes: readonly RouteFigures[], what: 'errors' | 'latencies'): string {
  return PHASES.map((phase) => {
    const worst = Math.max(0, ...routes.map((route) => route[phase].p99Ms ?? 0))
    const errors = routes.reduce((sum, route) => sum + route[phase].errors, 0)
    return what === 'errors' ? `${phase} the cut ${errors} errors` : `${phase} the cut the slowest route's p99 was ${worst.toFixed(0)} ms`
  }).join(', ') + '.'
}

function backlogWords({ delivery: { backlog, repeats } }: CoreCutResult): string {
  if (backlog.drainedAfterMs === null) return 'Nothing waited for the core system.'
  return `${backlog.reports} reports waited for the core system, ${backlog.hazardous} of them with a hazard. All had gone ${(backlog.drainedAfterMs / 1_000).toFixed(1)} s after its return; before the last hazard went ${backlog.ordinaryBeforeLastHazard} ordinary ones. ${repeats} hand-overs came twice, under the same id.`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
