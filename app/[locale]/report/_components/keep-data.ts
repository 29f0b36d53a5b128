/** Whether the browser clears this site by itself: it has agreed not to, it may, or it has no way to say. */
export type Keeping = 'kept' | 'may-evict' | 'cannot-ask'

let asking: Promise<Keeping> | null = null

/**
 * Asks the browser to keep what is saved here; call it from what a person does, for some browsers ask that person.
 * Once in the life of a page: who has answered is not asked again at the next report.
 */
export async function askToKeep(): Promise<Keeping> {
  asking ??= (async () => {
    const now = await isKept()
    if (now !== 'may-evict') return now
    return (await storage()?.persist?.()) ? 'kept' : 'may-evict'
  })().catch(() => 'cannot-ask' as const)
  return asking
}

/** What the browser says without being asked for anything. */
export async function isKept(): Promise<Keeping> {
  const manager = storage()
  if (!manager?.persisted || !manager.persist) return 'cannot-ask'
  return (await manager.persisted().catch(() => false)) ? 'kept' : 'may-evict'
}

/** TypeScript knows only browsers that have it. */
function storage(): Partial<StorageManager> | undefined {
  return (navigator as { storage?: Partial<StorageManager> }).storage
}
