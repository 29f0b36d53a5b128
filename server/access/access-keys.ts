/** Redis keys of what the projector folds from topic `identity` for access. */
export const accessKeys = {
  /** Hash: account key → StoredAccess as JSON, the newest word of each, also of what has ended. */
  ofLogin: (loginId: string): string => `access:${loginId}`,
  /** Set: ids of the logins that ever had access to an account. */
  loginsOf: (accountKey: string): string => `access-logins:${accountKey}`,
} as const
