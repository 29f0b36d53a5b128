/** The direction of the layout, enforced; each message says where the code belongs instead. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })
const tests = '\\.(test|spec)\\.tsx?$'

export default {
  forbidden: [
    forbid('no-circular', 'A circle has no first reader: split what both need into its own file.', { pathNot: '^prisma/client/' }, { circular: true }),
    forbid('domain-is-pure', 'domain imports only zod and itself: move code that needs more to server/.',
      { path: '^domain/', pathNot: tests }, { pathNot: ['^domain/', '^node_modules/zod/'] }),
    forbid('components-are-props-in-markup-out', 'components import only domain, messages and UI libraries: fetch in app/ or server/.',
      { path: '^components/' }, { path: '^(app|server|processes|worker|prisma|bin)/' }),
    forbid('next-stays-in-app', 'next/* only in app/, components/ and the root files: a verb must run without a framework.',
      { path: '^(domain|server|processes|worker|prisma)/' }, { path: '^node_modules/next/' }),
    forbid('server-knows-no-edge', 'server/ is called by app/ and processes/, never the other way.',
      { path: '^server/', pathNot: tests }, { path: '^(app|components|processes|worker|bin)/' }),
    forbid('processes-call-verbs', 'processes/ import server/ and domain/ only.',
      { path: '^processes/', pathNot: tests }, { path: '^(app|components|worker|bin)/' }),
    forbid('worker-speaks-http', 'worker/ reaches the server over HTTP only: it imports domain/ and itself.',
      { path: '^worker/', pathNot: tests }, { path: '^(app|components|server|processes|prisma|bin)/' }),
    forbid('app-takes-the-outbox-alone', 'From worker/ the pages import worker/outbox/ only.',
      { path: '^(app|components)/' }, { path: '^worker/', pathNot: '^worker/outbox/' }),
    forbid('app-calls-verbs', 'app/ imports server/, components/, domain/, worker/outbox/: never prisma/ or processes/.',
      { path: '^app/' }, { path: '^(prisma|processes|bin)/' }),
    forbid('prisma-and-redis-behind-verbs', 'Prisma and Redis only in server/, the projector and prisma/.',
      { path: '^(app|components|domain|worker|processes/(api|reactors))/', pathNot: tests }, { path: '^(prisma/client|node_modules/(@prisma|ioredis|pg)/)' }),
    forbid('door-needs-the-log-alone', 'The door answers while everything else is dead: it may not reach Next, Prisma, Redis or Postgres, not even through another file.',
      { path: '^processes/api/door/', pathNot: tests }, { path: '^(prisma|node_modules/(next|@prisma|ioredis|pg))/', reachable: true }),
    forbid('no-junk-drawer', 'Name the room after what is in it.', {}, { path: '(^|/)(lib|libs|utils?|helpers?|common|misc)/', pathNot: 'node_modules' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(\\.next|\\.build|\\.stormdoor)/|^(node_modules/(?!(zod|next|@prisma|ioredis|pg)/))' },
    // TypeScript 7 has no API for tools; swc reads the same sources, type imports included.
    parser: 'swc',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'], extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'] },
  },
}
