import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { build, type Plugin } from 'esbuild'

const ENTRY = 'app/[locale]/report/_components/start-report-page.tsx'
const SCRIPTS = /<script\b[^>]*>[\s\S]*?<\/script>|<link\b[^>]*\bas="script"[^>]*>/g

/**
 * Gives the prerendered report and offline pages a script of their own in place of Next's: the report page's is
 * React and the page's components alone, a bit more than half the size, and the offline page needs none.
 * A phone on one bar of signal, and the door with `web` dead, are what these pages are for.
 * Repeatable; changes Next's output in place, so that door and web serve the same.
 * @param nextDir Next's finished output
 */
export async function buildReportPages(projectDir: string, nextDir: string): Promise<void> {
  const app = join(nextDir, 'server', 'app')
  const locales = await localesIn(app)
  const first = await readFile(join(app, locales[0]!, 'report.html'), 'utf8')
  const script = await bundle(projectDir, JSON.parse(attribute(first, 'data-classes')) as ClassNames)
  const name = `report-${createHash('sha256').update(script).digest('hex').slice(0, 16)}.js`
  const folder = join(nextDir, 'static', 'report')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, name), script)
  for (const locale of locales) {
    await rewrite(join(app, locale, 'report.html'), `<script type="module" src="/_next/static/report/${name}"></script>`)
    await rewrite(join(app, locale, 'offline.html'), '')
  }
}

/** The locales that Next has prerendered a report page for. */
export async function localesIn(app: string): Promise<string[]> {
  const entries = await readdir(app, { withFileTypes: true })
  const locales = []
  for (const entry of entries) {
    if (entry.isDirectory() && (await readdir(join(app, entry.name))).includes('report.html')) locales.push(entry.name)
  }
  if (locales.length === 0) throw new Error(`No prerendered report page in ${app}: run \`next build\` first`)
  return locales.sort()
}

type ClassNames = Record<string, Record<string, string>>

async function bundle(projectDir: string, classes: ClassNames): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(projectDir, ENTRY)],
    absWorkingDir: projectDir,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: ['es2022', 'safari16'],
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [nextClassNames(classes)],
    logLevel: 'silent',
  })
  return outputFiles[0]!.contents
}

/** The style sheets are Next's, and so are their class names. */
function nextClassNames(classes: ClassNames): Plugin {
  return {
    name: 'next-class-names',
    setup(builder) {
      builder.onLoad({ filter: /\.module\.css$/ }, ({ path }) => {
        const names = classes[basename(path)]
        if (!names) return { errors: [{ text: `${basename(path)} is missing in app/[locale]/report/_components/class-names.ts` }] }
        return { contents: JSON.stringify(names), loader: 'json' }
      })
    },
  }
}

async function rewrite(path: string, script: string): Promise<void> {
  const html = await readFile(path, 'utf8')
  // React moves late content into place by inline scripts: such a page would be left with holes.
  if (/<template id="[BP]:|<div hidden="" id="S:/.test(html)) throw new Error(`${path} holds content that only Next's scripts can put in place`)
  const light = html.replace(SCRIPTS, '').replace('</head>', `${script}</head>`)
  await writeFile(path, light)
}

/** The value of the page's only attribute of this name. */
function attribute(html: string, name: string): string {
  const [, value] = new RegExp(` ${name}="([^"]*)"`).exec(html) ?? []
  if (value === undefined) throw new Error(`The report page has no ${name}`)
  return value.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
