import type { ChainableCommander, Redis } from 'ioredis'
import { isHazardous } from '../../../domain/outage-report.ts'
import { LUA_IS_BEFORE } from '../../../server/platform/redis.ts'
import type { FoldedBatch } from '../fold-batch.ts'

/**
 * `report-fold:{id}` keeps every record of a report as `version|asOf|acceptedAtMs|hazard|secretHash|JSON` in the field
 * `bodyHash.secretHash`, and the match as `version|asOf|circuit|JSON` in the field `match`.
 * `report:{id}` and the sets are folded from it at each change; JSON is passed on as text, for cjson would lose empty lists.
 */
const FOLD = `${LUA_IS_BEFORE}
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
local function refold(id, fold)
  local fields, first, newest, newestAsOf, match = redis.call('HGETALL', fold), nil, '', '', nil
  local records = {}
  for index = 1, #fields, 2 do
    local held = parts(fields[index + 1], fields[index] == 'match' and 3 or 5)
    if fields[index] == 'match' then match = held else
      records[#records + 1] = held
      if not first or isBefore(held[1], first[1]) then first = held end
    end
    if isBefore(newest, held[1]) then newest, newestAsOf = held[1], held[2] end
  end
  if not first then return end
  local conflicts = -1
  for _, held in ipairs(records) do if held[5] == first[5] then conflicts = conflicts + 1 end end
  redis.call('SET', 'report:' .. id, '{"v":"' .. newest .. '","asOf":"' .. newestAsOf .. '","report":' .. first[6] ..
    ',"match":' .. (match and match[4] or 'null') .. ',"conflicts":' .. conflicts .. '}')
  local score = first[3]
  local function list(key, belongs) if belongs then redis.call('ZADD', key, score, id) else redis.call('ZREM', key, id) end end
  list('reports:all', true)
  list('reports:hazard', first[4] == '1')
  list('reports:unmatched', not match)
  list('reports:conflict', conflicts > 0)
  if match then list('reports:circuit:' .. match[3], true) end
  redis.call('PUBLISH', 'desk', '{"id":"' .. id .. '"}')
end
local fold, id, field, version, value = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local held = redis.call('HGET', fold, field)
if held then
  local old = parts(held, 3)
  if not isBefore(version, old[1]) then return 0 end
  if field == 'match' then redis.call('ZREM', 'reports:circuit:' .. old[3], id) end
end
redis.call('HSET', fold, field, value)
refold(id, fold)
return 1`

interface WithFoldReport {
  foldReport(key: string, ...parameters: string[]): unknown
}

const defined = new WeakSet<Redis>()

/** Folds reports and matches into Redis, in one pipeline; each is atomic and may come again, in any order. */
export async function writeReportsAndMatches(redis: Redis, { reports, matches }: Pick<FoldedBatch, 'reports' | 'matches'>): Promise<void> {
  if (reports.length + matches.length === 0) return
  if (!defined.has(redis)) {
    redis.defineCommand('foldReport', { numberOfKeys: 1, lua: FOLD })
    defined.add(redis)
  }
  const pipeline = redis.pipeline()
  const folds = pipeline as ChainableCommander & WithFoldReport
  for (const { report, version, asOf } of reports) {
    const { reportId, bodyHash, secretHash, acceptedAt } = report
    const value = [version, asOf, Date.parse(acceptedAt), isHazardous(report) ? 1 : 0, secretHash, JSON.stringify(report)].join('|')
    folds.foldReport(`report-fold:${reportId}`, reportId, `${bodyHash}.${secretHash}`, version, value)
  }
  for (const { match, version, asOf } of matches) {
    const value = [version, asOf, match.circuit.replaceAll('|', ' '), JSON.stringify(match)].join('|')
    folds.foldReport(`report-fold:${match.reportId}`, match.reportId, 'match', version, value)
  }
  for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error
}
