import type { RedisClient } from './client.js'

/**
 * Writes tiles of one day where their offset is newer than the stored one, and moves the sums of their hours and of the
 * day by the differences. The key then lives until the event time ARGV[2], as seen from the newest known event time.
 *
 * KEYS: the day. ARGV: event time, event time until which to keep the day, then per tile: index, hour, offset, 5 counts.
 */
const writeDay = `
local function counts(value)
  local found = {}
  for number in string.gmatch(value or '', '[^,]+') do found[#found + 1] = tonumber(number) end
  return found
end
local changes, changed = {}, false
for first = 3, #ARGV, 8 do
  local tile, hour, offset = ARGV[first], 'h' .. ARGV[first + 1], tonumber(ARGV[first + 2])
  local old = counts(redis.call('HGET', KEYS[1], tile))
  if not old[1] or offset > old[1] then
    changed = true
    local value = ARGV[first + 2]
    for n = 1, 5 do
      local new = ARGV[first + 2 + n]
      value = value .. ',' .. new
      for _, sum in ipairs({hour, 'd'}) do
        changes[sum] = changes[sum] or {0, 0, 0, 0, 0}
        changes[sum][n] = changes[sum][n] + tonumber(new) - (old[n + 1] or 0)
      end
    end
    redis.call('HSET', KEYS[1], tile, value)
  end
end
if not changed then return 0 end
for sum, change in pairs(changes) do
  local old = counts(redis.call('HGET', KEYS[1], sum))
  for n = 1, 5 do change[n] = string.format('%.0f', (old[n] or 0) + change[n]) end
  redis.call('HSET', KEYS[1], sum, table.concat(change, ','))
end
local now = math.max(tonumber(ARGV[1]), tonumber(redis.call('HGET', KEYS[1], 'a') or '0'))
redis.call('HSET', KEYS[1], 'a', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(1000, tonumber(ARGV[2]) - now)))
return 1`

/**
 * Sets the scores of videos in one tile where their offset is newer, and keeps the highest ones. A video that falls out
 * may come back with its next, absolute, score.
 *
 * KEYS: scores, offsets. ARGV: event time, event time until which to keep them, how many, then per video: id, offset,
 * score.
 */
const writeHot = `
local changed = false
for first = 4, #ARGV, 3 do
  local video, offset, score = ARGV[first], ARGV[first + 1], ARGV[first + 2]
  local old = redis.call('HGET', KEYS[2], video)
  if not old or tonumber(offset) > tonumber(old) then
    changed = true
    redis.call('HSET', KEYS[2], video, offset)
    if tonumber(score) > 0 then redis.call('ZADD', KEYS[1], score, video) else redis.call('ZREM', KEYS[1], video) end
  end
end
if not changed then return 0 end
local surplus = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[3])
if surplus > 0 then
  for _, video in ipairs(redis.call('ZRANGE', KEYS[1], 0, surplus - 1)) do redis.call('HDEL', KEYS[2], video) end
  redis.call('ZREMRANGEBYRANK', KEYS[1], 0, surplus - 1)
end
local now = math.max(tonumber(ARGV[1]), tonumber(redis.call('HGET', KEYS[2], '') or '0'))
redis.call('HSET', KEYS[2], '', string.format('%.0f', now))
local ttl = string.format('%.0f', math.max(1000, tonumber(ARGV[2]) - now))
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ttl) end
return 1`

/** The scripts as methods of a client; each replies 1 when it changed something. */
export interface EngagementScripts {
  kinoraWriteDay(day: string, ...args: readonly (string | number)[]): Promise<number>
  kinoraWriteHot(scores: string, offsets: string, ...args: readonly (string | number)[]): Promise<number>
}

/** Adds the scripts to a client, which sends them by their hash (EVALSHA), and whole where the server lacks them. */
export function withEngagementScripts(redis: RedisClient): EngagementScripts {
  redis.defineCommand('kinoraWriteDay', { numberOfKeys: 1, lua: writeDay })
  redis.defineCommand('kinoraWriteHot', { numberOfKeys: 2, lua: writeHot })
  return redis as RedisClient & EngagementScripts
}
