import { afterEach, describe, expect, it, vi } from 'vitest'
import { EnvironmentError, readEnvironment } from '../../server/platform/environment.ts'
import { stackEnvironment } from './stack-environment.ts'
import { specOf } from './stack-processes.ts'

const secrets = { postgresPassword: 'p', redisPassword: 'r', signingKeys: 'k', sessionSecret: 's', serverActionsKey: 'a', coreSystemToken: 'c', preloadToken: 'l' }

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
