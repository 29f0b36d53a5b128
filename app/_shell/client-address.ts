/**
 * Who asked, for limits: the last address of `x-forwarded-for`, which the door wrote itself.
 * What stands before it was sent by the client and may say anything.
 */
export function clientAddress(headers: Headers): string {
  return headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? 'unknown'
}
