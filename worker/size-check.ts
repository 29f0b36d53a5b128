import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { localesIn } from './build-page-scripts.ts'
import { htmlFile, SCRIPTED_PAGES } from './offline-pages.ts'

const WORKER_LIMIT_BYTES = 40_000
const PAGE_LIMIT_BYTES = 130_000

const projectDir = resolve(import.meta.dirname, '..')
const nextDir = join(projectDir, '.next')

/** Bytes after gzip of every script that a page of Next's output loads, with what these import; scripts for browsers without modules are not loaded. */
async function pageScriptBytes(path: string): Promise<number> {
  const html = await readFile(join(nextDir, 'server/app', path), 'utf8')
  let bytes = 0
  for (const [, file] of html.matchAll(/<link rel="modulepreload" href="\/_next\/([^"?]+)/g)) bytes += gzippedBytes(await readFile(join(nextDir, file!)))
  for (const [tag, inline] of html.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)) {
    const [, file] = /\bsrc="\/_next\/([^"?]+)/.exec(tag) ?? []
    if (/\bnomodule\b/i.test(tag.slice(0, tag.indexOf('>')))) continue
    bytes += gzippedBytes(file === undefined ? inline! : await readFile(join(nextDir, file)))
  }
  return bytes
}

function gzippedBytes(content: Uint8Array | string): number {
  return gzipSync(content, { level: 9 }).length
}

function check(what: string, bytes: number, limitBytes: number): void {
  const fits = bytes > 0 && bytes <= limitBytes
  process.stdout.write(`${fits ? 'ok  ' : 'FAIL'} ${what}: ${bytes} bytes after gzip, limit ${limitBytes}\n`)
  if (!fits) process.exitCode = 1
}

check('Service worker', gzippedBytes(await readFile(join(projectDir, 'public/sw.js'))), WORKER_LIMIT_BYTES)
for (const locale of await localesIn(join(nextDir, 'server/app'))) {
  for (const page of SCRIPTED_PAGES) check(`Scripts of ${join('/', locale, page.path)}`, await pageScriptBytes(htmlFile(locale, page)), PAGE_LIMIT_BYTES)
}
