import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'
import { htmlFile, OFFLINE_PAGES, SCRIPTED_PAGES } from './offline-pages.ts'

/** Below Next's `static/`, so that it is served and kept as Next's own files are. */
const FOLDER = 'pages'
const SCRIPTS = /<script\b[^>]*>[\s\S]*?<\/script>|<link\b[^>]*\b(?:as="script"|rel="modulepreload")[^>]*>/g

/**
 * Gives the prerendered offline pages scripts of their own in place of Next's: React and the page's components alone,
 * a bit more than half the size, and none where none is needed. What several pages use is one file, which a phone
 * loads once. A phone on one bar of signal, and the door with `web` dead, are what these pages are for.
 * Repeatable; changes Next's output in place, so that door and web serve the same.
 * @param nextDir Next's finished output
 */
export async function buildPageScripts(projectDir: string, nextDir: string): Promise<void> {
  const app = join(nextDir, 'server', 'app')
  const locales = await localesIn(app)
  const classes = await classNamesIn(SCRIPTED_PAGES.map((page) => join(app, htmlFile(locales[0]!, page))))
  const scripts = await bundle(projectDir, classes)
  const folder = join(nextDir, 'static', FOLDER)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  for (const { name, contents } of scripts.files) await writeFile(join(folder, name), contents)
  for (const locale of locales) {
    for (const page of OFFLINE_PAGES) await rewrite(join(app, htmlFile(locale, page)), scripts.ofPage.get(page.name) ?? [])
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

interface PageScripts {
  files: { name: string; contents: Uint8Array }[]
  /** By the page's name: its own file first, then every file that one imports. */
  ofPage: Map<string, string[]>
}

async function bundle(projectDir: string, classes: ClassNames): Promise<PageScripts> {
  const { outputFiles, metafile } = await build({
    entryPoints: Object.fromEntries(SCRIPTED_PAGES.map(({ name, entry }) => [name, join(projectDir, entry)])),
    absWorkingDir: projectDir,
    outdir: join(projectDir, '.next'),
    entryNames: '[name]-[hash]',
    chunkNames: 'shared-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: ['es2022', 'safari16'],
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [nextClassNames(classes)],
    logLevel: 'silent',
  })
  const ofPage = SCRIPTED_PAGES.map(({ name, entry }): [string, string[]] => {
    const [output] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === entry) ?? []
    return [name, output === undefined ? [] : [...withImports(output, metafile)].map((file) => basename(file))]
  })
  return { files: outputFiles.map(({ path, contents }) => ({ name: basename(path), contents })), ofPage: new Map(ofPage) }
}

function withImports(output: string, metafile: Metafile, found = new Set<string>()): Set<string> {
  if (found.has(output)) return found
  found.add(output)
  for (const { path } of metafile.outputs[output]?.imports ?? []) withImports(path, metafile, found)
  return found
}

/** The style sheets are Next's, and so are their class names. */
function nextClassNames(classes: ClassNames): Plugin {
  return {
    name: 'next-class-names',
    setup(builder) {
      builder.onLoad({ filter: /\.module\.css$/ }, ({ path }) => {
        const names = classes[basename(path)]
        if (!names) return { errors: [{ text: `${basename(path)} is missing in the class-names.ts of its page` }] }
        return { contents: JSON.stringify(names), loader: 'json' }
      })
    },
  }
}

/** What the pages say about their style sheets, together: the pages share components, and so names. */
async function classNamesIn(pages: readonly string[]): Promise<ClassNames> {
  const together: ClassNames = {}
  for (const page of pages) {
    for (const [sheet, names] of Object.entries(JSON.parse(attribute(await readFile(page, 'utf8'), page, 'data-classes')) as ClassNames)) {
      if (together[sheet] && JSON.stringify(together[sheet]) !== JSON.stringify(names)) throw new Error(`Two style sheets are called ${sheet}: give one of them another name`)
      together[sheet] = names
    }
  }
  return together
}

/** The first script runs; it would find out about the others late, so they are named to be loaded with it. */
async function rewrite(path: string, scripts: readonly string[]): Promise<void> {
  const html = await readFile(path, 'utf8')
  // React moves late content into place by inline scripts: such a page would be left with holes.
  if (/<template id="[BP]:|<div hidden="" id="S:/.test(html)) throw new Error(`${path} holds content that only Next's scripts can put in place`)
  const [own, ...imported] = scripts.map((name) => `/_next/static/${FOLDER}/${name}`)
  const tags = [...imported.map((url) => `<link rel="modulepreload" href="${url}"/>`), ...(own ? [`<script type="module" src="${own}"></script>`] : [])]
  await writeFile(path, html.replace(SCRIPTS, '').replace('</head>', `${tags.join('')}</head>`))
}

/** The value of the page's only attribute of this name. */
function attribute(html: string, page: string, name: string): string {
  const [, value] = new RegExp(` ${name}="([^"]*)"`).exec(html) ?? []
  if (value === undefined) throw new Error(`${page} has no ${name}`)
  return value.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
