import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from '../../../bin/setup/project-folder.ts'
import { openApi } from '../../../processes/api/open-api.ts'
import { openDoor } from '../../../processes/api/door/door-fixture.ts'

const ROUTE_METHOD = /^export (?:async )?(?:function|const) (GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b/gm
/** What Next adds by itself: its page for what is not found, and the one for its own faults. */
const OF_NEXT = new Set(['/_not-found/page', '/_global-error/page'])

/** Made by Next of a file that is neither a page nor a route. */
const METADATA: Readonly<Record<string, string>> = { 'app/manifest.ts': 'GET /manifest.webmanifest' }

/** Every page and every route's methods, as `GET /desk/accounts/[accountNumber]`, from the source. */
export function pagesAndRoutes(): string[] {
  const files = globSync(['app/**/page.tsx', 'app/**/route.ts', 'app/**/route.tsx'], { cwd: projectFolder }).sort()
  return [...globSync(Object.keys(METADATA), { cwd: projectFolder }).map((file) => METADATA[file]!), ...files.flatMap((file) => {
    const path = file.replace(/^app/, '').replace(/\/(page|route)\.tsx?$/, '') || '/'
    if (file.endsWith('/page.tsx')) return [`GET ${path}`]
    const methods = [...readFileSync(join(projectFolder, file), 'utf8').matchAll(ROUTE_METHOD)].map(([, method]) => method!)
    if (methods.length === 0) throw new Error(`${file} answers no method that can be read from it`)
    return methods.map((method) => `${method} ${path}`)
  })]
}

/** Paths that the build serves, made from whatever file. */
export function builtPaths(): string[] {
  const manifest = JSON.parse(readFileSync(join(projectFolder, '.next/server/app-paths-manifest.json'), 'utf8')) as Record<string, string>
  return Object.keys(manifest).filter((entry) => !OF_NEXT.has(entry)).map((entry) => entry.replace(/\/(page|route)$/, '') || '/').sort()
}

/** Every route of the door, as `PUT /api/v1/me/profile`; open-api.test.ts sees to it that the document tells all of `/api/v1`. */
export async function doorRoutes(): Promise<string[]> {
  const routes = new Set<string>()
  const door = await openDoor({
    files: { '.next/server/app/en.html': '<!doctype html>' },
    instrument: (app) => {
      app.addHook('onRoute', ({ url, method }) => {
        for (const one of [method].flat()) if (one !== 'HEAD' && !url.endsWith('*')) routes.add(`${one} ${url}`)
      })
      return Promise.resolve()
    },
  })
  await door.close()
  for (const [path, methods] of Object.entries(openApi('https://portal.example').paths)) {
    for (const method of Object.keys(methods)) routes.add(`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`)
  }
  return [...routes].sort()
}
