/** In Redis, for the time without Postgres. */
export const NOTES_KEPT = 20

/** Hash: `note:{id}` and `flags:{id}` → `version|JSON` of the projector's record. */
export const accountDeskKey = (accountKey: string): string => `account-desk:${accountKey}`
