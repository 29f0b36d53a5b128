import { accountFlags, type AccountFlags, type FlaggingFact } from '../../../domain/account-flags.ts'
import type { AccountNoted } from '../../../domain/event.ts'
import { type Read, readProjected } from '../../platform/read-projected.ts'
import type { ReadSources } from '../../platform/read-sources.ts'
import { accountDeskKey, NOTES_KEPT } from '../account-desk-cache.ts'

export interface AccountNote extends Pick<AccountNoted, 'at' | 'actor'> {
  noteId: string
  text: string
}

/** What staff said of an account. */
export interface AccountDesk {
  /** The newest, the newest first. */
  notes: AccountNote[]
  flaggings: FlaggingFact[]
  flags: AccountFlags
}

type NoteFields = Pick<AccountNoted, 'at' | 'actor' | 'personal'> & { noteId: string }

/** From Redis while it is whole, else Postgres, else what Redis has. Throws ReadsUnavailableError. */
export function readAccountDesk(sources: ReadSources, accountKey: string): Promise<Read<AccountDesk>> {
  return readProjected(sources, 'accounts', {
    fromRedis: async (redis) => {
      const held = Object.entries(await redis.hgetall(accountDeskKey(accountKey)))
      const recordsOf = (kind: string) => held.filter(([field]) => field.startsWith(kind)).map(([, text]) => JSON.parse(text.slice(text.indexOf('|') + 1)) as unknown)
      return deskFrom(recordsOf('note:') as NoteFields[], recordsOf('flags:') as FlaggingFact[])
    },
    fromPostgres: async (database) => {
      const [notes, flaggings] = await Promise.all([
        database.accountNote.findMany({ where: { accountKey }, orderBy: [{ at: 'desc' }, { noteId: 'desc' }], take: NOTES_KEPT }),
        database.accountFlagging.findMany({ where: { accountKey } }),
      ])
      // The projector wrote them from validated events.
      return deskFrom(
        notes.map((note) => ({ ...note, at: note.at.toISOString() }) as unknown as NoteFields),
        flaggings.map((flagging) => ({ ...flagging, at: flagging.at.toISOString() }) as unknown as FlaggingFact),
      )
    },
  })
}

function deskFrom(notes: NoteFields[], flaggings: FlaggingFact[]): AccountDesk {
  const newestFirst = notes.map(noteFrom).toSorted((one, other) => (one.at === other.at ? (one.noteId < other.noteId ? 1 : -1) : one.at < other.at ? 1 : -1))
  return { notes: newestFirst, flaggings, flags: accountFlags(flaggings) }
}

export function noteFrom({ noteId, at, actor, personal }: NoteFields): AccountNote {
  return { noteId, at, actor, text: personal.text }
}
