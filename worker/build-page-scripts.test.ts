import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildPageScripts } from './build-page-scripts.ts'

const projectDir = resolve(import.meta.dirname, '..')
/** As Next would give them, for the style sheets that the page lists. */
async function classesOf(page: '' | 'report' | 'reports' | 'account'): Promise<Record<string, object>> {
  const listed = await readFile(join(projectDir, 'app/[locale]', page, '_components/class-names.ts'), 'utf8')
  const sheets = Array.from(listed.matchAll(/^ {2}'([\w-]+)\.module\.css':/gm), ([, sheet]) => sheet!)
  return Object.fromEntries(sheets.map((sheet) => [`${sheet}.module.css`, { report: `next-${sheet}-report`, page: `next-${sheet}-page` }]))
}
const escaped = (value: object) => JSON.stringify(value).replaceAll('"', '&quot;')
let nextDir: string

function html(names: object, extra = ''): string {
  return `<!DOCTYPE html><html><head><link rel="preload" as="script" href="/_next/static/chunks/a.js"/><link rel="stylesheet" href="/_next/static/chunks/a.css"/></head><body><div id="page" data-props="{}" data-classes="${escaped(names)}"></div>${extra}<script src="/_next/static/chunks/a.js" async=""></script><script>self.__next_f.push([1,"<\\/script>"])</script></body></html>`
}

async function put(path: string, content: string): Promise<void> {
  await writeFile(join(nextDir, 'server/app', path), content)
}

const page = (path: string) => readFile(join(nextDir, 'server/app', path), 'utf8')
const scriptFiles = () => readdir(join(nextDir, 'static/pages'))
const scriptOf = (content: string) => /<script type="module" src="\/_next\/static\/pages\/([^"]+)"/.exec(content)![1]!
const preloadedBy = (content: string) => Array.from(content.matchAll(/<link rel="modulepreload" href="\/_next\/static\/pages\/([^"]+)"/g), ([, file]) => file!)
const read = (file: string) => readFile(join(nextDir, 'static/pages', file), 'utf8')
const importsOf = (script: string) => [...new Set(Array.from(script.matchAll(/(?:\bfrom|\bimport)\s*\(?"\.\/([^"]+\.js)"/g), ([, file]) => file!))]

beforeEach(async () => {
  nextDir = await mkdtemp(join(tmpdir(), 'page-scripts-'))
  for (const locale of ['en', 'es']) {
    await mkdir(join(nextDir, 'server/app', locale), { recursive: true })
    for (const name of ['report', 'reports', 'account'] as const) await put(`${locale}/${name}.html`, html(await classesOf(name)))
    await put(`${locale}.html`, html(await classesOf('')))
    await put(`${locale}/offline.html`, html({}))
  }
})
afterEach(() => rm(nextDir, { recursive: true }))

describe('pages with scripts of their own @outbox', () => {
  test('each has its one script and keeps its styles; the offline page has none', async () => {
    await buildPageScripts(projectDir, nextDir)
    for (const [name, path] of [['home', ''], ['report', '/report'], ['reports', '/reports'], ['account', '/account']]) {
      for (const locale of ['en', 'es']) {
        const content = await page(`${locale}${path}.html`)
        expect(content.match(/<script[^>]*>/g)).toEqual([`<script type="module" src="/_next/static/pages/${scriptOf(content)}">`])
        expect(scriptOf(content)).toMatch(new RegExp(`^${name}-[A-Z0-9]{8}\\.js$`))
        expect(content).not.toContain('as="script"')
        expect(content).toContain('rel="stylesheet"')
      }
    }
    expect(await page('en/offline.html')).not.toMatch(/<script|modulepreload/)
    expect(await read(scriptOf(await page('es/report.html')))).toContain('next-report-form-page')
    expect(await read(scriptOf(await page('es/reports.html')))).toContain('next-own-report-report')
  })

  test('what both pages use is loaded once, and named in the page so that it is not found out late', async () => {
    await buildPageScripts(projectDir, nextDir)
    const [report, reports] = [await page('en/report.html'), await page('en/reports.html')]
    for (const content of [report, reports]) {
      const needed = new Set<string>()
      const follow = async (file: string): Promise<void> => {
        for (const imported of importsOf(await read(file))) if (!needed.has(imported)) await follow((needed.add(imported), imported))
      }
      await follow(scriptOf(content))
      expect(preloadedBy(content).toSorted()).toEqual([...needed].sort())
    }
    const shared = preloadedBy(report).filter((file) => preloadedBy(reports).includes(file))
    const bytes = async (files: string[]) => (await Promise.all(files.map(read))).join('').length
    const ownBytes = await bytes([scriptOf(reports), ...preloadedBy(reports).filter((file) => !shared.includes(file))])
    expect(await bytes(shared)).toBeGreaterThan(5 * ownBytes)
  })

  test('are the same when they are built again, with nothing left of an earlier build', async () => {
    await mkdir(join(nextDir, 'static/pages'), { recursive: true })
    await writeFile(join(nextDir, 'static/pages/report-earlier.js'), '')
    await buildPageScripts(projectDir, nextDir)
    const [once, files] = [await page('en/report.html'), await scriptFiles()]
    await buildPageScripts(projectDir, nextDir)
    expect(await page('en/report.html')).toBe(once)
    expect(await scriptFiles()).toEqual(files)
    expect(files).not.toContain('report-earlier.js')
  })

  test('a style sheet that is not listed fails the build by name', async () => {
    const { 'own-report.module.css': _left, ...rest } = await classesOf('reports')
    await put('en/reports.html', html(rest))
    await expect(buildPageScripts(projectDir, nextDir)).rejects.toThrow('own-report.module.css is missing')
  })

  test('two style sheets of one name fail the build', async () => {
    await put('en/reports.html', html({ ...(await classesOf('reports')), 'button.module.css': { button: 'another' } }))
    await expect(buildPageScripts(projectDir, nextDir)).rejects.toThrow('Two style sheets are called button.module.css')
  })

  test('content that waits for a script of Next fails the build', async () => {
    await put('es/reports.html', html(await classesOf('reports'), '<template id="B:0"></template>'))
    await expect(buildPageScripts(projectDir, nextDir)).rejects.toThrow("only Next's scripts")
  })

  test('nothing prerendered fails the build', async () => {
    await rm(join(nextDir, 'server/app'), { recursive: true })
    await mkdir(join(nextDir, 'server/app'))
    await expect(buildPageScripts(projectDir, nextDir)).rejects.toThrow('next build')
  })
})
