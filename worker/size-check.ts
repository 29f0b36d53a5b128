import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { localesIn } from './build-report-page.ts'

const WORKER_LIMIT_BYTES = 40_000
const PAGE_LIMIT_BYTES = 130_000

const projectDir = resolve(import.meta.dirname, '..')
const nextDir = join(projectDir, '.next')

/** Bytes after gzip of every script that a page of Next's output loads; scripts for browsers without modules are not loaded. */
async function pageScriptBytes(path: string): Promise<number> {
  const html = await readFile(join(nextDir, 'server/app', path), 'utf8')
  let bytes = 0
  for (const [tag, inline] of html.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)) {
    const [, file] = /\bsrc="\/_next\/([^"?]+)/.exec(tag) ?? []
    if (/\bnomodule\b/i.test(tag.slice(0, tag.indexOf('>')))) continue
    bytes += gzipSync(file === undefined ? inline! : await readFile(join(nextDir, file)), { level: 9 }).length
  }
  return bytes
}

function check(what: string, bytes: number, limitBytes: number): void {
  const fits = bytes > 0 && bytes <= limitBytes
  process.stdout.write(`${fits ? 'ok  ' : 'FAIL'} ${what}: ${bytes} bytes after gzip, limit ${limitBytes}\n`)
  if (!fits) process.exitCode = 1
}

check('Service worker', gzipSync(await readFile(join(projectDir, 'public/sw.js')), { level: 9 }).length, WORKER_LIMIT_BYTES)
for (const locale of await localesIn(join(nextDir, 'server/app'))) {
  check(`Scripts of /${locale}/report`, await pageScriptBytes(`${locale}/report.html`), PAGE_LIMIT_BYTES)
}
