/** Before each path, so that the floor's values stand apart in the subject's Redis. */
export const FLOOR_PREFIX = 'bench-floor:'
