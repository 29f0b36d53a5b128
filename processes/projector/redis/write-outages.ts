import type { ChainableCommander, Redis } from 'ioredis'
import { accountNumberKey } from '../../../domain/account.ts'
import type { DeliveryFact } from '../../../domain/delivery.ts'
import { type FollowUpFact, MOST_FOLLOW_UPS } from '../../../domain/followed-report.ts'
import { NEXT_HANDLING } from '../../../domain/handling.ts'
import { isHazardous } from '../../../domain/outage-report.ts'
import { fenceKeys, fenceValues, LUA_IS_FENCED, type ProjectionFence } from '../../../server/platform/projection-state.ts'
import { LUA_IS_BEFORE } from '../../../server/platform/redis.ts'
import type { FoldedBatch } from '../fold-batch.ts'

/** NEXT_HANDLING, for Lua. */
const LUA_NEXT_HANDLING = `{${Object.entries(NEXT_HANDLING)
  .map(([state, steps]) => `['${state}']={${Object.entries(steps).map(([step, next]) => `['${step}']='${next}'`).join(',')}}`)
  .join(',')}}`

/**
 * `report-fold:{id}` keeps what a report is folded from: its first record as `version|asOf|acceptedAtMs|hazard|JSON` in the
 * field `first` with its `bodyHash.secretHash` in `first-hashes`, the match as `version|asOf|circuit|account key|JSON` in `match`, and each
 * other body as `version|asOf` in the field `bodyHash.secretHash`: kept when it is a conflict, or while the first is not there.
 * A follow-up is `version|asOf|secretHash|mark|JSON` in `follow-up:{id}`, kept when it has the report's secret, or while the
 * first is not there, and only the oldest MOST_FOLLOW_UPS; marks: `withdrawn`, `mistaken` (so withdrawn), `endangered` (a hazard added), `said`.
 * What the log says of a delivery is `version|asOf|JSON` in `delivery:{deliveryId}:{mark}:{round}`; marks: `delivered`, `refused`, `requested`.
 * What staff did is `version|asOf|mark|basedOn|JSON` in `handling:{stepId}:{handlingId}`; marks: the step, or `lost` of one that came second.
 * `report:{id}` and the sets are made from it at each change; JSON is passed on as text, for cjson would lose empty lists.
 */
const FOLD = `${LUA_IS_BEFORE}
${LUA_IS_FENCED}
if KEYS[2] and isFenced() then return -1 end
local function parts(text, count)
  local found, from = {}, 1
  for index = 1, count do
    local stop = string.find(text, '|', from, true)
    found[index] = string.sub(text, from, stop - 1)
    from = stop + 1
  end
  found[count + 1] = string.sub(text, from)
  return found
end
local function secretOf(hashes) return string.match(hashes, '%.(.*)$') end
local nextHandling = ${LUA_NEXT_HANDLING}
local function resolvedBy(handlings)
  local after, state, newest, resolved = {}, 'new', '', nil
  for _, held in ipairs(handlings) do if held[3] ~= 'lost' then after[held[4]] = held end end
  while after[newest] do
    local held = after[newest]
    after[newest] = nil
    newest = held.stepId
    if nextHandling[state][held[3]] then
      state = nextHandling[state][held[3]]
      resolved = state == 'resolved' and held[1] or nil
    end
  end
  return resolved
end
local function refold(id, fold)
  local first, hashes, match = unpack(redis.call('HMGET', fold, 'first', 'first-hashes', 'match'))
  if not first then return end
  first, match = parts(first, 4), match and parts(match, 4)
  local newest, newestAsOf, conflicts = first[1], first[2], 0
  local function see(held) if isBefore(newest, held[1]) then newest, newestAsOf = held[1], held[2] end end
  if match then see(match) end
  local fields, followUps, deliveries, refused, answered, handlings = redis.call('HGETALL', fold), {}, {}, {}, {}, {}
  for index = 1, #fields, 2 do
    local field = fields[index]
    if string.sub(field, 1, 10) == 'follow-up:' then
      local held = parts(fields[index + 1], 4)
      if held[3] == secretOf(hashes) then
        followUps[#followUps + 1] = held
        held.field = field
      else
        redis.call('HDEL', fold, field)
      end
    elseif string.sub(field, 1, 9) == 'delivery:' then
      deliveries[#deliveries + 1] = parts(fields[index + 1], 2)
      local delivery, mark, round = string.match(field, '^delivery:([^:]*):(%a+):(%d+)$')
      local rounds = mark == 'refused' and refused or answered
      rounds[delivery] = math.max(rounds[delivery] or 0, mark == 'delivered' and math.huge or tonumber(round))
    elseif string.sub(field, 1, 9) == 'handling:' then
      local held = parts(fields[index + 1], 4)
      held.stepId = string.sub(field, 10, 45)
      handlings[#handlings + 1] = held
    elseif field ~= 'first' and field ~= 'first-hashes' and field ~= 'match' then
      if field ~= hashes and secretOf(field) == secretOf(hashes) then
        conflicts = conflicts + 1
        see(parts(fields[index + 1], 1))
      else
        redis.call('HDEL', fold, field)
      end
    end
  end
  table.sort(followUps, function(one, other) return isBefore(one[1], other[1]) end)
  while #followUps > ${MOST_FOLLOW_UPS} do redis.call('HDEL', fold, table.remove(followUps).field) end
  local hazardous, withdrawn, texts, endangered = first[4] == '1', false, {}, ''
  for index, held in ipairs(followUps) do
    see(held)
    if held[4] == 'withdrawn' or held[4] == 'mistaken' then withdrawn = true end
    if held[4] == 'mistaken' then hazardous = false end
    if held[4] == 'endangered' then hazardous, endangered = true, held[1] end
    texts[index] = held[5]
  end
  table.sort(deliveries, function(one, other) return isBefore(one[1], other[1]) end)
  local facts, undeliverable = {}, false
  for index, held in ipairs(deliveries) do
    see(held)
    facts[index] = held[3]
  end
  for delivery, round in pairs(refused) do if round > (answered[delivery] or 0) then undeliverable = true end end
  table.sort(handlings, function(one, other) return isBefore(one[1], other[1]) end)
  local done = {}
  for index, held in ipairs(handlings) do
    see(held)
    done[index] = held[5]
  end
  local resolved = resolvedBy(handlings)
  local open = (hazardous or not withdrawn) and (not resolved or isBefore(resolved, endangered))
  redis.call('SET', 'report:' .. id, '{"v":"' .. newest .. '","asOf":"' .. newestAsOf .. '","report":' .. first[5] ..
    ',"match":' .. (match and match[5] or 'null') .. ',"followUps":[' .. table.concat(texts, ',') .. '],"deliveries":[' .. table.concat(facts, ',') ..
    '],"handlings":[' .. table.concat(done, ',') .. '],"conflicts":' .. conflicts .. ',"open":' .. tostring(open) .. '}')
  local score = first[3]
  local function list(key, belongs) if belongs then redis.call('ZADD', key, score, id) else redis.call('ZREM', key, id) end end
  list('reports:all', true)
  list('reports:open', open)
  list('reports:hazard', hazardous and open)
  list('reports:unmatched', not match and not withdrawn)
  list('reports:withdrawn', withdrawn)
  list('reports:conflict', conflicts > 0)
  list('reports:undeliverable', undeliverable)
  if match then
    list('reports:circuit:' .. match[3], not withdrawn)
    list('account-reports:' .. match[4], true)
  end
end
local fold, id, field, version, value, hashes = KEYS[1], unpack(ARGV, 3, 7)
local held = redis.call('HGET', fold, field)
if held then
  local handling = string.sub(field, 1, 9) == 'handling:'
  local old = parts(held, handling and 3 or field == 'match' and 4 or 1)
  local wasLost, isLost = handling and old[3] == 'lost', handling and parts(value, 3)[3] == 'lost'
  if isLost and not wasLost or isLost == wasLost and not isBefore(version, old[1]) then return 0 end
  if field == 'match' then
    redis.call('ZREM', 'reports:circuit:' .. old[3], id)
    redis.call('ZREM', 'account-reports:' .. old[4], id)
  end
end
redis.call('HSET', fold, field, value)
if field == 'first' then redis.call('HSET', fold, 'first-hashes', hashes) end
refold(id, fold)
return 1`

type OutageRecords = Pick<FoldedBatch, 'reports' | 'matches' | 'followUps' | 'deliveries' | 'handlings'>

const MARKS: Record<DeliveryFact['type'], string> = {
  'outage.delivered.v1': 'delivered',
  'outage.delivery-refused.v1': 'refused',
  'outage.redelivery-requested.v1': 'requested',
}

interface WithFoldReport {
  foldReport(keys: number, ...parameters: string[]): unknown
}

const defined = new WeakSet<Redis>()

/**
 * Folds reports, matches, follow-ups, deliveries and handlings into Redis, in one pipeline; each is atomic and may come again, in any order.
 * @returns false when the projection had moved away from the fence: what came after that is not folded
 */
export async function writeOutages(redis: Redis, { reports, matches, followUps, deliveries, handlings }: OutageRecords, fence?: ProjectionFence): Promise<boolean> {
  if (reports.length + matches.length + followUps.length + deliveries.length + handlings.length === 0) return true
  if (!defined.has(redis)) {
    redis.defineCommand('foldReport', { lua: FOLD })
    defined.add(redis)
  }
  const place = fence ? [...fenceKeys(fence), ...fenceValues(fence)] : ['', '']
  const keys = fence ? 3 : 1
  const pipeline = redis.pipeline()
  const folds = pipeline as ChainableCommander & WithFoldReport
  for (const { report, first, version, asOf } of reports) {
    const { reportId, bodyHash, secretHash, acceptedAt } = report
    const hashes = `${bodyHash}.${secretHash}`
    const value = first ? [version, asOf, Date.parse(acceptedAt), isHazardous(report) ? 1 : 0, JSON.stringify(report)] : [version, asOf]
    folds.foldReport(keys, `report-fold:${reportId}`, ...place, reportId, first ? 'first' : hashes, version, value.join('|'), hashes)
  }
  for (const { match, version, asOf } of matches) {
    const value = [version, asOf, match.circuit.replaceAll('|', ' '), accountNumberKey(match.accountNumber).replaceAll('|', ' '), JSON.stringify(match)].join('|')
    folds.foldReport(keys, `report-fold:${match.reportId}`, ...place, match.reportId, 'match', version, value)
  }
  for (const { followUp, version, asOf } of followUps) {
    const { reportId, followUpId, secretHash } = followUp.data
    const value = [version, asOf, secretHash, markOf(followUp), JSON.stringify(followUp)].join('|')
    folds.foldReport(keys, `report-fold:${reportId}`, ...place, reportId, `follow-up:${followUpId}`, version, value)
  }
  for (const { fact, version, asOf } of deliveries) {
    const { reportId, deliveryId } = fact.data
    const field = `delivery:${deliveryId}:${MARKS[fact.type]}:${'round' in fact.data ? fact.data.round : 0}`
    folds.foldReport(keys, `report-fold:${reportId}`, ...place, reportId, field, version, [version, asOf, JSON.stringify(fact)].join('|'))
  }
  for (const { fact, version, asOf } of handlings) {
    const { reportId, handlingId, step, basedOn } = fact.data
    const value = [version, asOf, fact.lost ? 'lost' : step, basedOn ?? '', JSON.stringify(fact)].join('|')
    folds.foldReport(keys, `report-fold:${reportId}`, ...place, reportId, `handling:${fact.stepId}:${handlingId}`, version, value)
  }
  const answers = (await pipeline.exec()) ?? []
  for (const [error] of answers) if (error) throw error
  return !answers.some(([, answer]) => answer === -1)
}

/** What a follow-up means for the lists, so that the script need not read its JSON. */
function markOf({ type, data }: FollowUpFact): 'withdrawn' | 'mistaken' | 'endangered' | 'said' {
  if (type === 'outage.withdrawn.v1') return data.reason === 'mistake' ? 'mistaken' : 'withdrawn'
  return type === 'outage.added-to.v1' && data.hazards.length > 0 ? 'endangered' : 'said'
}
