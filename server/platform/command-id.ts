import { uuidV5 } from './uuid-v5.ts'

/**
 * The id under which the log keeps a command of somebody: made of who asks too, so that nobody can take the id of another's command
 * before them. The same command of the same person again has the same.
 * @param kind of the command, e.g. `access-ended`
 * @param byId of the login or the member of staff who asks
 * @param commandId made with the form
 */
export function commandEventId(kind: string, byId: string, commandId: string): string {
  return uuidV5(`command ${kind}`, byId.toLowerCase(), commandId.toLowerCase())
}
