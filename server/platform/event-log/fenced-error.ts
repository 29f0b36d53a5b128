/** A later owner of the partition has taken over: what this one still wanted to write is void. */
export class FencedError extends Error {
  override name = 'FencedError'
}
