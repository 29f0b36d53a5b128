import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDoor, type TestDoor } from './door-fixture.ts'

const INLINE = 'self.__next_f.push([1,"__STORMDOOR_REPORT_ID__"])'
const FORM = '<form method="post" action="/report"><input type="hidden" name="id" value="__STORMDOOR_REPORT_ID__"/><input type="hidden" name="secret" value="__STORMDOOR_REPORT_SECRET__"/></form>'
const page = (title: string, body = '') =>
  `<!DOCTYPE html><html><head><title>${title}</title><link rel="stylesheet" href="/_next/static/a.css?dpl=1"/></head><body>${body}<script src="/_next/static/a.js" async=""></script><script>${INLINE}</script><script id="x">two()</script>${'<p>long</p>'.repeat(200)}</body></html>`
const files = {
  '.next/static/a.js': `a(${'1,'.repeat(500)})`,
  '.next/static/a.css': 'p{}',
  '.next/server/app/en.html': page('home en'),
  '.next/server/app/es.html': page('home es'),
  '.next/server/app/en/report.html': page('report en', FORM),
  '.next/server/app/es/report.html': page('report es', FORM),
  '.next/server/app/en/offline.html': page('offline en'),
  '.next/server/app/_not-found.html': page('not found'),
  '.next/server/app/manifest.webmanifest.body': '{"name":"x"}',
  '.next/server/app/manifest.webmanifest.meta': '{"headers":{"content-type":"application/manifest+json"}}',
  'public/sw.js': 'self.x=1',
  'public/icons/a.png': 'png',
}

let door: TestDoor
beforeEach(async () => void (door = await openDoor({ files })))
afterEach(() => door.close())
const get = (path: string, headers: Record<string, string> = {}) => fetch(`${door.url}${path}`, { headers, redirect: 'manual' })
const issued = (html: string) => ({
  id: /name="id" value="([^"]*)"/.exec(html)?.[1],
  secret: /name="secret" value="([^"]*)"/.exec(html)?.[1],
})

describe('the site from disk, with the web process dead @door', () => {
  it('serves what was built, each with its type and its caching', async () => {
    for (const [path, type, cacheControl] of [
      ['/_next/static/a.js', 'application/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
      ['/_next/static/a.css?dpl=1', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
      ['/sw.js', 'application/javascript; charset=utf-8', 'no-cache'],
      ['/icons/a.png', 'image/png', 'public, max-age=3600'],
      ['/manifest.webmanifest', 'application/manifest+json', 'public, max-age=3600'],
      ['/en', 'text/html; charset=utf-8', 'no-cache'],
      ['/en/offline', 'text/html; charset=utf-8', 'no-cache'],
    ] as const) {
      const response = await get(path)
      expect([path, response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([path, 200, type, cacheControl])
      await response.arrayBuffer()
    }
    expect((await get('/sw.js')).headers.get('service-worker-allowed')).toBe('/')
  })

  it('compresses, and answers 304 to who has it already', async () => {
    const plain = await get('/_next/static/a.js', { 'accept-encoding': 'identity' })
    const text = await plain.text()
    for (const encoding of ['br', 'gzip']) {
      const response = await get('/_next/static/a.js', { 'accept-encoding': `${encoding}, x;q=0` })
      expect(response.headers.get('content-encoding')).toBe(encoding)
      expect(response.headers.get('vary')).toBe('accept-encoding')
      expect(await response.text()).toBe(text)
      const again = await get('/_next/static/a.js', { 'accept-encoding': encoding, 'if-none-match': response.headers.get('etag')! })
      expect([again.status, await again.text()]).toEqual([304, ''])
    }
    expect((await get('/_next/static/a.js', { 'accept-encoding': 'br;q=0, gzip;q=0' })).headers.has('content-encoding')).toBe(false)
  })

  it('goes on when the folder is gone, and serves nothing from outside of it', async () => {
    rmSync(door.folder, { recursive: true })
    expect((await get('/en/report')).status).toBe(200)
    for (const path of ['/..%2f..%2fpackage.json', '/_next/static/%2e%2e/%2e%2e/server/app/en.html', '/_not-found', '/%E0%A4%A']) {
      expect((await get(path)).status, path).toBeGreaterThanOrEqual(400)
    }
  })

  it('leads to the language of the visitor', async () => {
    for (const [path, headers, location] of [
      ['/report', { 'accept-language': 'es-MX,en;q=0.5' }, '/es/report'],
      ['/report?lang=en', { 'accept-language': 'es' }, '/en/report'],
      ['/report', { cookie: 'locale=es' }, '/es/report'],
      ['/reports', { cookie: 'locale=en', 'accept-language': 'es' }, '/en/reports'],
      ['/account', { 'accept-language': 'es' }, '/es/account'],
      ['/', { 'accept-language': 'es' }, '/es'],
    ] as const) {
      const response = await get(path, headers)
      expect([response.status, response.headers.get('location')]).toEqual([307, location])
      expect(response.headers.get('vary')).toMatch(/accept-language/)
    }
  })

  it('allows inline scripts by their hash alone, and sets every security header', async () => {
    const { headers } = await get('/en')
    const policy = headers.get('content-security-policy')!
    for (const script of [INLINE, 'two()']) expect(policy).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`)
    expect(policy).not.toContain('unsafe-inline')
    expect(policy).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('permissions-policy')).toContain('geolocation=(self)')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('referrer-policy')).toBeTruthy()
    expect(headers.has('strict-transport-security')).toBe(false)
  })

  it('asks for https for ever only where it is served by https', async () => {
    const secure = await openDoor({ files, publicUrl: 'https://portal.example' })
    expect((await fetch(`${secure.url}/en`)).headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/)
    await secure.close()
  })
})

describe('the report page from disk @door', () => {
  it('gives every visit a form of its own, that nothing keeps', async () => {
    for (const encoding of ['gzip', 'identity']) {
      const [one, two] = await Promise.all([0, 1].map(() => get('/en/report', { 'accept-encoding': encoding, 'sec-fetch-dest': 'document' })))
      expect(one!.headers.get('cache-control')).toBe('no-store')
      expect(one!.headers.get('content-encoding')).toBe(encoding === 'gzip' ? 'gzip' : null)
      const [first, second] = [issued(await one!.text()), issued(await two!.text())]
      expect(first.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
      expect(first.secret).toMatch(/^[A-Za-z0-9_-]{22}$/)
      expect(first.id).not.toBe(second.id)
      expect(first.secret).not.toBe(second.secret)
    }
  })

  it('leaves its scripts alone, so that their hashes hold', async () => {
    const response = await get('/en/report')
    const hash = createHash('sha256').update(INLINE).digest('base64')
    expect(await response.text()).toContain(INLINE)
    expect(response.headers.get('content-security-policy')).toContain(hash)
  })

  it('gives the service worker the page as it was built, to keep and to ask about again', async () => {
    const precached = await get('/en/report', { 'sec-fetch-dest': 'empty' })
    expect(precached.headers.get('cache-control')).toBe('no-cache')
    expect(precached.headers.get('vary')).toContain('sec-fetch-dest')
    expect(await precached.text()).toBe(files['.next/server/app/en/report.html'])
    const again = await get('/en/report', { 'sec-fetch-dest': 'empty', 'if-none-match': precached.headers.get('etag')! })
    expect(again.status).toBe(304)
  })
})
