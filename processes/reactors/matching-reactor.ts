import { PartitionMatching, GROUP, type MatchingReactor } from './partition-matching.ts'
import { surely, together } from './surely.ts'

/**
 * Matches every report to its account, once, and logs the outcome: of the partitions that this process owns among all that
 * run this. Ends when the signal says so, and not before.
 */
export async function runMatchingReactor(reactor: MatchingReactor): Promise<void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([reactor.signal, stop.signal])
  const own = { ...reactor, signal }
  const matchings = new Set<PartitionMatching>()
  const share = (): Promise<void> =>
    reactor.log.share(GROUP, ['outages'], {
      signal,
      work: async (ownership) => {
        const matching = new PartitionMatching({ ...reactor, signal: ownership.signal }, ownership)
        matchings.add(matching)
        await matching.run().finally(() => matchings.delete(matching))
      },
    })
  const watch = (): Promise<void> => watchAccounts(own, () => matchings.forEach((matching) => matching.tryAgainSoon()))
  await together(signal, stop, [surely(own, 'the event log', share), watch()])
}

/** Once in a process, however many partitions it has. */
async function watchAccounts(reactor: MatchingReactor, changed: () => void): Promise<void> {
  const { log, signal } = reactor
  const partitions = await surely(reactor, 'the event log', () => log.partitions('accounts'))
  await Promise.all(
    partitions.map((partition) =>
      surely(reactor, 'the event log', async () => {
        for await (const batch of log.read(partition, await log.end(partition), { signal })) if (batch.length > 0) changed()
      }),
    ),
  )
}
