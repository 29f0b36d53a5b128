import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { policyOfPage } from '../../../server/platform/content-security-policy.ts'
import { ReportPage } from './report-page.ts'
import { StaticFile } from './static-file.ts'

export interface SiteFolders {
  /** Next's output, `.next`. */
  next: string
  public: string
}

/** What is served from memory with every other process dead. */
export interface Site {
  /** By URL path. */
  files: ReadonlyMap<string, StaticFile>
  /** Prerendered pages by URL path. */
  pages: ReadonlyMap<string, StaticFile | ReportPage>
  /** Style sheets of the prerendered pages, for the pages that the door writes itself. */
  styleSheets: readonly string[]
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'application/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.json': 'application/json', '.map': 'application/json', '.webmanifest': 'application/manifest+json', '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.webp': 'image/webp', '.avif': 'image/avif', '.ico': 'image/x-icon',
  '.woff2': 'font/woff2', '.woff': 'font/woff', '.wasm': 'application/wasm', '.xml': 'application/xml',
}
const IMMUTABLE = 'public, max-age=31536000, immutable'
const PUBLIC = 'public, max-age=3600'
const ALWAYS_ASK = 'no-cache'

/** Reads the whole built site into memory, so that a deleted folder or a dead web process takes nothing away. */
export async function loadSite({ next, public: publicFolder }: SiteFolders, publicUrl: string): Promise<Site> {
  const files = new Map<string, StaticFile>()
  const pages = new Map<string, StaticFile | ReportPage>()
  const styleSheets = new Set<string>()
  for (const path of await filesIn(join(next, 'static'))) {
    files.set(`/_next/static/${path}`, await fileFrom(join(next, 'static', path), { 'cache-control': IMMUTABLE }))
  }
  for (const path of await filesIn(publicFolder)) {
    const worker = path === 'sw.js'
    const headers: Record<string, string> = worker ? { 'cache-control': ALWAYS_ASK, 'service-worker-allowed': '/' } : { 'cache-control': PUBLIC }
    files.set(`/${path}`, await fileFrom(join(publicFolder, path), headers))
  }
  const app = join(next, 'server', 'app')
  for (const path of await filesIn(app)) {
    if (path.endsWith('.body')) await addRouteBody(files, app, path)
    if (!path.endsWith('.html') || path.split('/').some((part) => part.startsWith('_'))) continue
    const html = await readFile(join(app, path), 'utf8')
    const url = `/${path.slice(0, -'.html'.length)}`
    for (const [, sheet] of html.matchAll(/<link[^>]*rel="stylesheet"[^>]*href="([^"]+)"/g)) styleSheets.add(sheet!.replaceAll('&amp;', '&'))
    const headers = { 'cache-control': ALWAYS_ASK, 'content-security-policy': policyOfPage(html, publicUrl) }
    pages.set(url, ReportPage.of(html, headers) ?? new StaticFile(Buffer.from(html), TYPES['.html']!, headers))
  }
  return { files, pages, styleSheets: [...styleSheets] }
}

/** A route that Next has run at build time (a manifest, an icon): its body lies beside its headers. */
async function addRouteBody(files: Map<string, StaticFile>, app: string, path: string): Promise<void> {
  const name = path.slice(0, -'.body'.length)
  const meta = JSON.parse(await readFile(join(app, `${name}.meta`), 'utf8').catch(() => '{}')) as { headers?: Record<string, string> }
  const type = meta.headers?.['content-type'] ?? TYPES[extname(name)] ?? 'application/octet-stream'
  files.set(`/${name}`, new StaticFile(await readFile(join(app, path)), type, { 'cache-control': PUBLIC }))
}

async function fileFrom(path: string, headers: Record<string, string>): Promise<StaticFile> {
  return new StaticFile(await readFile(path), TYPES[extname(path)] ?? 'application/octet-stream', headers)
}

/** Paths of the files below a folder, with `/`; none when it is not there. */
async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
