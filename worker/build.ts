import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { getManifest } from 'workbox-build'
import { buildPageScripts, localesIn } from './build-page-scripts.ts'
import { htmlFile, OFFLINE_PAGES } from './offline-pages.ts'

/**
 * Builds the service worker, after `next build`: the offline pages get their own scripts,
 * and what those pages load is listed for the phone to keep, with revisions from the build.
 * @param options.outDir where `sw.js` goes; served at the site's root
 */
export async function buildWorker(options: { outDir: string }): Promise<void> {
  const projectDir = resolve(import.meta.dirname, '..')
  const nextDir = join(projectDir, '.next')
  await buildPageScripts(projectDir, nextDir)
  const manifest = await precacheManifest(nextDir)
  const { outputFiles } = await build({
    entryPoints: [join(projectDir, 'worker/sw.ts')],
    absWorkingDir: projectDir,
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['es2022', 'safari16'],
    define: { 'process.env.NODE_ENV': '"production"', __PRECACHE__: JSON.stringify(manifest) },
    logLevel: 'silent',
  })
  await mkdir(options.outDir, { recursive: true })
  await writeFile(join(options.outDir, 'sw.js'), outputFiles[0]!.contents)
}

/** The pages that open offline, and every file that they load: nothing of the desk. */
async function precacheManifest(nextDir: string) {
  const app = join(nextDir, 'server', 'app')
  const pages = (await localesIn(app)).flatMap((locale) => OFFLINE_PAGES.map((page) => `server/app/${htmlFile(locale, page)}`))
  const files = new Set<string>()
  for (const page of pages) for (const file of staticFilesIn(await readFile(join(nextDir, page), 'utf8'))) files.add(file)
  for (const sheet of [...files].filter((file) => file.endsWith('.css'))) {
    for (const file of filesOfSheet(await readFile(join(nextDir, sheet), 'utf8'))) files.add(file)
  }
  const { manifestEntries, warnings } = await getManifest({
    globDirectory: nextDir,
    globPatterns: [...pages, ...files],
    dontCacheBustURLsMatching: /^\/_next\/static\//,
    manifestTransforms: [(entries) => ({ manifest: entries.map((entry) => Object.assign(entry, { url: urlOf(entry.url) })), warnings: [] })],
  })
  const missing = pages.length + files.size - manifestEntries.length
  if (missing > 0 || warnings.length > 0) throw new Error(`The service worker cannot keep ${missing} of its files: ${warnings.join('; ')}`)
  // Workbox compares its option with the address before the transform: a hashed file needs no revision.
  return manifestEntries.map(({ url, revision }) => ({ url, revision: url.startsWith('/_next/static/') ? null : revision }))
}

function urlOf(file: string): string {
  return file.startsWith('static/') ? `/_next/${file}` : `/${file.slice('server/app/'.length, -'.html'.length)}`
}

/** Files under Next's `static/` that a page names, without the deployment's query. */
function staticFilesIn(html: string): string[] {
  return Array.from(html.matchAll(/(?:src|href)="\/_next\/(static\/[^"?]+)/g), ([, file]) => file!)
}

/** Files that a style sheet names, relative to `static/chunks/`. */
function filesOfSheet(css: string): string[] {
  return Array.from(css.matchAll(/url\(["']?\.\.\/(media\/[^"')?]+)/g), ([, file]) => `static/${file}`)
}
