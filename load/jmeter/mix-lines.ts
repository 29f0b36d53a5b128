import { type MixRoute, readMix } from '../core-cut/mix.ts'

/** The mix as the plan reads it: a heading and a hundred names, spread so that any stretch of them is about the mix. */
export function mixLines(routes: readonly MixRoute[] = readMix()): string {
  const due = routes.map(({ name, percent }) => ({ name, percent, credit: 0 }))
  const names = Array.from({ length: 100 }, () => {
    for (const route of due) route.credit += route.percent
    const next = due.reduce((most, route) => (route.credit > most.credit ? route : most))
    next.credit -= 100
    return next.name
  })
  return `${['route', ...names].join('\n')}\n`
}
