import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const schema = z.object({
  owner: z.string(),
  /** The cursor of the log that it went on from: with another one in the log this is out of date. */
  base: z.string(),
  cursor: z.string(),
  closings: z.array(z.object({ atMs: z.number(), accounts: z.int() })),
})
type Feed = z.infer<typeof schema>

/** Where the change feed is within a run, page by page: the log is told at the run's end only. Holds no personal data. */
export class FeedFile {
  readonly #folder: string
  readonly #owner: string

  /** @param folder of sync's own. @param owner whose feed it is (log and core system) */
  constructor(folder: string, owner: string) {
    this.#folder = folder
    this.#owner = owner
  }

  /** @param base the cursor that the log tells */
  load(base: string): Pick<Feed, 'cursor' | 'closings'> {
    try {
      const held = schema.parse(JSON.parse(readFileSync(this.#path(), 'utf8')))
      if (held.owner === this.#owner) return { cursor: held.base === base ? held.cursor : base, closings: held.closings }
    } catch {
      // Lost or unreadable: then the feed goes on from what the log tells, and finds what it has appended already.
    }
    return { cursor: base, closings: [] }
  }

  save(feed: Omit<Feed, 'owner'>): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const { base, cursor, closings } = feed
    writeFileSync(`${this.#path()}.new`, JSON.stringify({ owner: this.#owner, base, cursor, closings } satisfies Feed))
    renameSync(`${this.#path()}.new`, this.#path())
  }

  #path(): string {
    return join(this.#folder, 'change-feed.json')
  }
}
