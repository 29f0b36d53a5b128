/** Redis keys of what the projector folds from topic `identity` for profiles. */
export const profileKeys = {
  /** Hash: id of the change's event → ProfileRecord as JSON. Gone once the person asked to be forgotten. */
  ofLogin: (loginId: string): string => `profile:${loginId}`,
  /** Hash: login id → ErasureRecord as JSON. */
  erasures: 'erasures',
} as const
