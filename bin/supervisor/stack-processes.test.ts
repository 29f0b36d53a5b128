import { afterEach, describe, expect, it, vi } from 'vitest'
import { EnvironmentError, readEnvironment } from '../../server/platform/environment.ts'
import { stackEnvironment } from './stack-environment.ts'
import { processesOf, specOf, stackRoles } from './stack-processes.ts'
import { rolesOf } from './start-stack.ts'

const secrets = { postgresPassword: 'p', redisPassword: 'r', signingKeys: 'k', sessionSecret: 's', serverActionsKey: 'a', coreSystemToken: 'c', preloadToken: 'l', breakGlassKey: 'b' }

/** What the second api of three nodes is told of how many doors there are. */
async function doorsTold(): Promise<string | undefined> {
  const stack = { dataDir: '/nowhere', port: 3000, ports: {}, secrets }
  const env = stackEnvironment({ ...stack, overrides: {} })
  const spec = await specOf('api-2', { ...stack, nodes: 3, env })
  return spec.env['STORMDOOR_DOORS']
}

describe('how many doors there are @supervisor', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('is what the stack runs, unless it is one of several stacks and was told', async () => {
    expect(await doorsTold()).toBe('3')
    vi.stubEnv('STORMDOOR_DOORS', '12')
    expect(await doorsTold()).toBe('12')
  })

  it('is one by default, and a whole number of doors', () => {
    expect(readEnvironment(['STORMDOOR_DOORS'], {})).toEqual({ STORMDOOR_DOORS: 1 })
    for (const wrong of ['0', '-1', '1.5', 'many', '1001']) {
      expect(() => readEnvironment(['STORMDOOR_DOORS'], { STORMDOOR_DOORS: wrong }), wrong).toThrow(EnvironmentError)
    }
  })
})

describe('the core system of a stack @supervisor @core', () => {
  it('is a stand-in, one for all nodes, at a port that is kept, between the stores and what uses it', async () => {
    expect(stackRoles.flatMap((role) => processesOf(role, 2))).toEqual([
      'postgres', 'redis', 'core-sim', 'projector', 'projector-2', 'reactors', 'reactors-2', 'sync', 'sync-2', 'search', 'search-2', 'web', 'web-2', 'api', 'api-2',
    ])
    const stack = { dataDir: '/nowhere', port: 3000, ports: { 'core-sim': 4100, 'core-sim-admin': 4101 }, secrets }
    const env = stackEnvironment({ ...stack, overrides: {}, coreSim: true })
    expect(env).toMatchObject({ CORE_SYSTEM_URL: 'http://127.0.0.1:4100/core/v1', CORE_SYSTEM_TOKEN: 'c', STORMDOOR_SERVICE_TOKENS: expect.stringMatching(/^preload:preload:[0-9a-f]{64}$/) })
    expect(await specOf('core-sim', { ...stack, nodes: 2, env })).toMatchObject({ name: 'core-sim', port: 4100, adminPort: 4101, command: [expect.anything(), 'processes/core-sim/main.ts'], env: { PORT: '4100' } })
  })

  it('is the given one instead, whose credentials are never those of the stand-in', () => {
    const given = { CORE_SYSTEM_URL: 'https://core.example/v1' }
    expect(rolesOf(given)).toEqual(stackRoles.filter((role) => role !== 'core-sim'))
    expect(stackEnvironment({ dataDir: '/nowhere', port: 3000, ports: {}, secrets, overrides: given })).not.toHaveProperty('CORE_SYSTEM_TOKEN')
  })

  it('is none in production, unless it is given', () => {
    const production = { STORMDOOR_ENV: 'production' }
    expect(rolesOf(production)).toEqual(stackRoles.filter((role) => role !== 'core-sim' && role !== 'sync'))
    expect(rolesOf({ ...production, CORE_SYSTEM_URL: 'https://core.example/v1' })).toContain('sync')
    expect(stackEnvironment({ dataDir: '/nowhere', port: 3000, ports: {}, secrets, overrides: production })).not.toHaveProperty('STORMDOOR_SERVICE_TOKENS')
  })
})
