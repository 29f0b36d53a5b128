import { describe, expect, it } from 'vitest'
import { bringBack, cut, parseCut, processesCut } from './cut.ts'

describe('a cut @load', () => {
  it('is named in any order, and nothing unknown with it', () => {
    expect(parseCut('postgres, core')).toEqual(['core', 'postgres'])
    expect([parseCut('core,door'), parseCut(''), parseCut('api')]).toEqual([null, null, null])
  })

  it('takes everything but the door', () => {
    expect(processesCut(['all-but-door'])).toEqual(['postgres', 'redis', 'core-sim', 'projector', 'reactors', 'sync', 'search', 'web'])
    expect(processesCut(['core', 'postgres'])).toEqual(['postgres', 'core-sim'])
  })

  it('brings the stores back before what needs them', async () => {
    const told: string[] = []
    const target = {
      kill: async (name: string) => void told.push(`kill ${name}`),
      start: async (name: string) => {
        told.push(`start ${name}`)
        await new Promise((resolve) => setImmediate(resolve))
        told.push(`${name} ready`)
      },
    }
    await cut(target, ['postgres', 'web'])
    await bringBack(target, ['postgres', 'web'])
    expect(told).toEqual(['kill postgres', 'kill web', 'start postgres', 'postgres ready', 'start web', 'web ready'])
  })
})
