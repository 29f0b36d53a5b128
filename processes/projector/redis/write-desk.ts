import type { ChainableCommander, Redis } from 'ioredis'
import { accountDeskKey, NOTES_KEPT } from '../../../server/accounts/account-desk-cache.ts'
import { fenceKeys, fenceValues, LUA_IS_FENCED, type ProjectionFence } from '../../../server/platform/projection-state.ts'
import { LUA_IS_BEFORE } from '../../../server/platform/redis.ts'
import type { FoldedDesk } from '../fold-desk.ts'

/** `account-desk:{accountKey}`: each flagging, and the newest notes, as `version|JSON`. ARGV: fence, field, version, JSON. */
const FOLD = `${LUA_IS_BEFORE}
${LUA_IS_FENCED}
if KEYS[2] and isFenced() then return -1 end
local desk, field, version, record = KEYS[1], unpack(ARGV, 3, 5)
redis.call('HSETNX', desk, field, version .. '|' .. record)
if string.sub(field, 1, 5) ~= 'note:' then return 1 end
local notes, oldest, oldestVersion = 0, nil, nil
local held = redis.call('HGETALL', desk)
for index = 1, #held, 2 do
  if string.sub(held[index], 1, 5) == 'note:' then
    notes = notes + 1
    local heldVersion = string.match(held[index + 1], '^([^|]*)|')
    if not oldest or isBefore(heldVersion, oldestVersion) then oldest, oldestVersion = held[index], heldVersion end
  end
end
if notes > ${NOTES_KEPT} then redis.call('HDEL', desk, oldest) end
return 1`

interface WithFoldDesk {
  foldDesk(keys: number, ...parameters: string[]): unknown
}

const defined = new WeakSet<Redis>()

/**
 * Folds notes and flags into Redis, in one pipeline; each is atomic and may come again, in any order. The audit trail is not kept there.
 * @returns false when the projection had moved away from the fence: what came after that is not folded
 */
export async function writeDesk(redis: Redis, { notes, flaggings }: Pick<FoldedDesk, 'notes' | 'flaggings'>, fence?: ProjectionFence): Promise<boolean> {
  if (notes.length + flaggings.length === 0) return true
  if (!defined.has(redis)) {
    redis.defineCommand('foldDesk', { lua: FOLD })
    defined.add(redis)
  }
  const place = fence ? [...fenceKeys(fence), ...fenceValues(fence)] : ['', '']
  const pipeline = redis.pipeline()
  const folds = pipeline as ChainableCommander & WithFoldDesk
  const fold = (field: string, record: { accountKey: string; version: string }): void => {
    folds.foldDesk(fence ? 3 : 1, accountDeskKey(record.accountKey), ...place, field, record.version, JSON.stringify(record))
  }
  for (const note of notes) fold(`note:${note.noteId}`, note)
  for (const flagging of flaggings) fold(`flags:${flagging.flaggingId}`, flagging)
  const answers = (await pipeline.exec()) ?? []
  for (const [error] of answers) if (error) throw error
  return !answers.some(([, answer]) => answer === -1)
}
