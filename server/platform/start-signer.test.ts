import type * as Threads from 'node:worker_threads'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RECEIPT_TYPE } from '../../domain/receipt-type.ts'
import { createLogger } from './logger.ts'
import { generateSigningKeys, parseSigningKeys } from './signing-keys.ts'
import { startSigner, type Signer } from './start-signer.ts'

const keys = parseSigningKeys(generateSigningKeys())
const started = vi.hoisted(() => [] as Threads.Worker[])
vi.mock('node:worker_threads', async (original) => {
  const threads = await original<typeof Threads>()
  class Watched extends threads.Worker {
    constructor(...options: ConstructorParameters<typeof Threads.Worker>) {
      super(...options)
      started.push(this)
    }
  }
  return { ...threads, Worker: Watched }
})
let signer: Signer | undefined
const open = () => (signer = startSigner(keys, createLogger('test', 'silent')))
afterEach(() => signer?.close())

const payloads = (count: number) => Array.from({ length: count }, (_, number) => JSON.stringify({ number, word: 'ñ' }))
async function numbersIn(tokens: readonly string[]): Promise<unknown[]> {
  const known = createLocalJWKSet(keys.publicJwks)
  return Promise.all(tokens.map(async (token) => (await jwtVerify(token, known, { typ: RECEIPT_TYPE, algorithms: ['ES256'] })).payload['number']))
}
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number)

describe('the signing thread @door', () => {
  it('gives each payload its own signature, whatever the signature’s numbers begin with', async () => {
    // One number in 256 is shorter than 32 bytes, one in two has a zero byte before it in DER.
    const { sign } = open()
    expect(await numbersIn(await Promise.all(payloads(1_500).map(sign)))).toEqual(upTo(1_500))
    expect(started).toHaveLength(1)
  })

  it('loses nothing when the thread dies, and signs on without it', async () => {
    const { sign } = open()
    const thread = started.at(-1)!
    await sign('{}')
    const underWay = Promise.all(payloads(500).map(sign))
    // After what was posted in this turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
    await thread.terminate()
    expect(await numbersIn(await underWay)).toEqual(upTo(500))
    expect(await numbersIn(await Promise.all(payloads(3).map(sign)))).toEqual(upTo(3))
  })

  it('signs what comes after it was closed', async () => {
    const opened = open()
    await opened.close()
    expect(await numbersIn([await opened.sign('{"number":7}')])).toEqual([7])
  })
})
