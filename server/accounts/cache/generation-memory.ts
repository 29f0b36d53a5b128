import type { Redis } from 'ioredis'
import { FACT_BUCKETS } from './account-facts.ts'
import { RECORD_BUCKETS } from './account-key-bytes.ts'

const SAMPLED_KEYS = 512
/** Of the server's table of keys. */
const BYTES_OF_A_PLACE = 8

/**
 * Bytes of Redis' memory that a generation takes, by a sample of its keys: each with all that it costs, as MEMORY USAGE tells, and its
 * place in the table of keys.
 */
export async function generationMemoryBytes(redis: Redis, generation: string): Promise<number> {
  const sizes = await Promise.all([bytesOf(redis, `accounts:${generation}:r:`, RECORD_BUCKETS), bytesOf(redis, `accounts:${generation}:f:`, FACT_BUCKETS)])
  return sizes[0] + sizes[1]
}

async function bytesOf(redis: Redis, prefix: string, buckets: number): Promise<number> {
  const asked = redis.pipeline()
  // Evenly over all of them: which key stands where does not follow from its account.
  for (let index = 0; index < SAMPLED_KEYS; index++) asked.memory('USAGE', `${prefix}${Math.floor((index * buckets) / SAMPLED_KEYS)}`, 'SAMPLES', 0)
  let bytes = 0
  for (const [error, size] of (await asked.exec()) ?? []) {
    if (error) throw error
    if (typeof size === 'number') bytes += size + BYTES_OF_A_PLACE
  }
  return Math.round((bytes * buckets) / SAMPLED_KEYS)
}
