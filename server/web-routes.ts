import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const manifestSchema = z.object({ staticRoutes: z.array(z.object({ page: z.string(), regex: z.string() })), dynamicRoutes: z.array(z.object({ page: z.string(), regex: z.string() })) })

/** The pattern of a path by the routes that the build wrote down, fixed ones first; `other` for files and what is no route. */
export function readWebRoutes(projectDir: string): (path: string) => string {
  const { staticRoutes, dynamicRoutes } = manifestSchema.parse(JSON.parse(readFileSync(join(projectDir, '.next', 'routes-manifest.json'), 'utf8')))
  const routes = [...staticRoutes, ...dynamicRoutes].map(({ page, regex }) => ({ page, pattern: new RegExp(regex) }))
  return (path) => routes.find(({ pattern }) => pattern.test(path))?.page ?? 'other'
}
