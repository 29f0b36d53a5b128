import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildReportPages } from './build-report-page.ts'

const projectDir = resolve(import.meta.dirname, '..')
const sheets = ['button', 'callout', 'choice-group', 'field', 'hazard-section', 'outage-status', 'report-card', 'report-form', 'report-page', 'spoken']
const classes = Object.fromEntries(sheets.map((sheet) => [`${sheet}.module.css`, { page: `next-${sheet}-page` }]))
const escaped = (value: object) => JSON.stringify(value).replaceAll('"', '&quot;')

let nextDir: string

function html(names: object = classes, extra = ''): string {
  return `<!DOCTYPE html><html><head><link rel="preload" as="script" href="/_next/static/chunks/a.js"/><link rel="stylesheet" href="/_next/static/chunks/a.css"/></head><body><div id="report-page" data-props="{}" data-classes="${escaped(names)}"></div>${extra}<script src="/_next/static/chunks/a.js" async=""></script><script>self.__next_f.push([1,"<\\/script>"])</script></body></html>`
}

async function put(locale: string, report: string): Promise<void> {
  await mkdir(join(nextDir, 'server/app', locale), { recursive: true })
  await writeFile(join(nextDir, 'server/app', locale, 'report.html'), report)
  await writeFile(join(nextDir, 'server/app', locale, 'offline.html'), html())
}

const page = (path: string) => readFile(join(nextDir, 'server/app', path), 'utf8')

beforeEach(async () => {
  nextDir = await mkdtemp(join(tmpdir(), 'report-page-'))
  await put('en', html())
  await put('es', html())
})
afterEach(() => rm(nextDir, { recursive: true }))

describe('the report page with a script of its own @outbox', () => {
  test('has that one script and keeps its styles; the offline page has none', async () => {
    await buildReportPages(projectDir, nextDir)
    const [script] = await readdir(join(nextDir, 'static/report'))
    for (const locale of ['en', 'es']) {
      const report = await page(`${locale}/report.html`)
      expect(report.match(/<script[^>]*>/g)).toEqual([`<script type="module" src="/_next/static/report/${script}">`])
      expect(report).not.toContain('as="script"')
      expect(report).toContain('rel="stylesheet"')
      expect(await page(`${locale}/offline.html`)).not.toContain('<script')
    }
    expect(await readFile(join(nextDir, 'static/report', script!), 'utf8')).toContain('next-report-card-page')
  })

  test('is the same when it is built again, with nothing left of an earlier one', async () => {
    await mkdir(join(nextDir, 'static/report'), { recursive: true })
    await writeFile(join(nextDir, 'static/report/report-earlier.js'), '')
    await buildReportPages(projectDir, nextDir)
    const once = await page('en/report.html')
    await buildReportPages(projectDir, nextDir)
    expect(await page('en/report.html')).toBe(once)
    expect(await readdir(join(nextDir, 'static/report'))).toHaveLength(1)
  })

  test('a style sheet that is not listed fails the build by name', async () => {
    const { 'report-card.module.css': _left, ...rest } = classes
    await put('en', html(rest))
    await expect(buildReportPages(projectDir, nextDir)).rejects.toThrow('report-card.module.css is missing')
  })

  test('content that waits for a script of Next fails the build', async () => {
    await put('es', html(classes, '<template id="B:0"></template>'))
    await expect(buildReportPages(projectDir, nextDir)).rejects.toThrow("only Next's scripts")
  })

  test('nothing prerendered fails the build', async () => {
    await rm(join(nextDir, 'server/app'), { recursive: true })
    await mkdir(join(nextDir, 'server/app'))
    await expect(buildReportPages(projectDir, nextDir)).rejects.toThrow('next build')
  })
})
