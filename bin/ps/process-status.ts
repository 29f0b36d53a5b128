import { z } from 'zod'

const answerWithinMs = 2000

const schema = z.object({
  ready: z.boolean(),
  owned: z.array(z.object({ group: z.string(), partition: z.string(), epoch: z.string(), since: z.string() })),
  lags: z.array(z.object({ consumer: z.string(), partition: z.string(), records: z.number() })),
})

/** What a process says of itself at its admin server's `/status`. */
export type ProcessStatus = z.infer<typeof schema>

/** Not ready and without anything when it does not answer. */
export async function processStatus(adminPort: number): Promise<ProcessStatus> {
  try {
    const answer = await fetch(`http://127.0.0.1:${adminPort}/status`, { signal: AbortSignal.timeout(answerWithinMs) })
    return schema.parse(await answer.json())
  } catch {
    return { ready: false, owned: [], lags: [] }
  }
}

/** `projector accounts/0-5 outages/1,3`, for a person; empty when nothing is owned. */
export function ownedWords({ owned }: Pick<ProcessStatus, 'owned'>): string {
  const groups = Map.groupBy(owned, ({ group }) => group)
  return inOrder(groups).map(([group, partitions]) => `${group} ${partitionWords(partitions.map(({ partition }) => partition))}`).join('; ')
}

/** Records that each consumer has yet to apply, over all its partitions: `postgres 12, redis 0`. */
export function lagWords({ lags }: Pick<ProcessStatus, 'lags'>): string {
  const consumers = Map.groupBy(lags, ({ consumer }) => consumer)
  return inOrder(consumers).map(([consumer, each]) => `${consumer} ${each.reduce((sum, { records }) => sum + records, 0)}`).join(', ')
}

function inOrder<T>(groups: ReadonlyMap<string, T>): [string, T][] {
  return [...groups].toSorted(([one], [other]) => (one < other ? -1 : 1))
}

function partitionWords(partitions: readonly string[]): string {
  const topics = Map.groupBy(partitions, (partition) => partition.split('/')[0] ?? '')
  return inOrder(topics).map(([topic, each]) => `${topic}/${ranges(each.map((partition) => Number(partition.split('/')[1])))}`).join(' ')
}

/** `0-2,5` of 5, 0, 2, 1. */
function ranges(numbers: readonly number[]): string {
  const found: { first: number; last: number }[] = []
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const range = found.at(-1)
    if (range && number === range.last + 1) range.last = number
    else found.push({ first: number, last: number })
  }
  return found.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(',')
}
