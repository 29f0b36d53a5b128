import { z } from 'zod'

const instant = z.iso.datetime()

const SYNC_KINDS = ['full', 'changes'] as const
const SYNC_OUTCOMES = ['applied', 'unchanged', 'refused', 'failed'] as const
/** Kept of a run's rejected rows: enough to see what is wrong with them. */
export const MOST_REJECTED_SHOWN = 20

/** A run of `sync`, when it ended. No row's own words are in it: a rejected one is named by its number and field. */
export const accountsSyncedSchema = z.object({
  runId: z.uuid(),
  kind: z.enum(SYNC_KINDS),
  outcome: z.enum(SYNC_OUTCOMES),
  startedAt: instant,
  endedAt: instant,
  /** Of what the core system told: its state then. Null when it told none. */
  asOf: instant.nullable(),
  /** Where the next change feed goes on; opaque. Null when this run does not say. */
  cursor: z.string().nullable(),
  rows: z.int().min(0),
  loaded: z.int().min(0).describe('New and changed accounts appended'),
  unchanged: z.int().min(0),
  closed: z.int().min(0).describe('Accounts that are no longer there'),
  rejected: z.int().min(0),
  rejectedRows: z.array(z.object({ row: z.int().min(1), account: z.string().max(64).nullable(), field: z.string(), rule: z.string() })).max(MOST_REJECTED_SHOWN),
  /** Of the snapshot that was applied: the next full load shows it, and fetches nothing while it stays the same. */
  etag: z.string().nullable().optional(),
  /** Why it was refused or failed; of an applied one, what staff must know of it. Words for them stand in the catalogues. */
  reasons: z.array(z.object({ code: z.string(), detail: z.record(z.string(), z.union([z.string(), z.number()])) })),
  nextRunAt: instant.nullable(),
})
export type AccountsSynced = z.infer<typeof accountsSyncedSchema>

/** Somebody wants all accounts fetched now. The run has the request's id. */
export const syncRequestedSchema = z.object({
  requestId: z.uuid(),
  requestedAt: instant,
  kind: z.literal('full'),
  /** Applies a load that only the difference to what is known would refuse. */
  acceptDifference: z.boolean(),
  /** A program's name, or `command`. */
  by: z.string().max(64),
})
export type SyncRequested = z.infer<typeof syncRequestedSchema>

export const DEPENDENCIES = ['postgres', 'redis', 'core-system', 'event-log', 'search'] as const
export type Dependency = (typeof DEPENDENCIES)[number]

/** A breaker of one process changed: `open` means that it no longer asks. Half-open is a moment and not logged. */
export const dependencyChangedSchema = z.object({
  process: z.string(),
  node: z.string(),
  dependency: z.enum(DEPENDENCIES),
  state: z.enum(['closed', 'open']),
  at: instant,
  /** Of the failure that opened it: its kind, never a message with data. */
  reason: z.string().max(120).nullable(),
})
export type DependencyChanged = z.infer<typeof dependencyChangedSchema>

/** Another generation of the account cache answers from now on. */
export const cacheFlippedSchema = z.object({
  at: instant,
  generation: z.string(),
  previous: z.string().nullable(),
  accounts: z.int().min(0),
  why: z.enum(['full-load', 'warm', 'back']),
})
export type CacheFlipped = z.infer<typeof cacheFlippedSchema>
