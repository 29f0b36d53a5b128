/** Why a generation is refused: a code, and the numbers behind it. */
export interface RefusalReason {
  code: 'count-differs' | 'digest-differs' | 'older-than-postgres' | 'record-unreadable' | 'look-up-missing' | 'fewer-than-live' | 'differs-from-live'
  detail: Record<string, string | number>
}
