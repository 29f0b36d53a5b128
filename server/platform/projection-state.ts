/** Keys by which the Redis projection keeps its place; readers ask them whether it is whole. */
export const projectionKeys = {
  logId: 'projection:log-id',
  /** Partitions that are being folded from the start and are not at the end yet. */
  rebuilding: 'projection:rebuilding',
  /** Hash: partition → ISO 8601 UTC at which it was at the log's end. */
  currentAt: 'projection:current-at',
  /** Held while an old log's keys are removed. */
  wiping: 'projection:wiping',
  position: (partition: string): string => `projection:${partition}`,
} as const
