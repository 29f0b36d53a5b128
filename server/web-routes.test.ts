import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../bin/test-support/temporary-folder.ts'
import { readWebRoutes } from './web-routes.ts'

test('a path is known by its pattern, a fixed one before any other', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, '.next'))
  const route = (page: string, regex: string) => ({ page, regex, routeKeys: {} })
  writeFileSync(join(folder, '.next', 'routes-manifest.json'), JSON.stringify({
    version: 3,
    dynamicRoutes: [route('/desk/reports/[id]', '^/desk/reports/([^/]+?)(?:/)?$'), route('/[locale]', '^/([^/]+?)(?:/)?$')],
    staticRoutes: [route('/desk', '^/desk(?:/)?$')],
  }))
  const routeOf = readWebRoutes(folder)
  expect(['/desk', '/en', '/desk/reports/0198', '/_next/static/a.js'].map(routeOf)).toEqual(['/desk', '/[locale]', '/desk/reports/[id]', 'other'])
})
