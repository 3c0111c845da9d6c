-- @include args
-- @include clock
-- What a replica has to tell of itself: beside the records, and nothing that decides anything.
-- KEYS[1] what happened   KEYS[2] what operators did   KEYS[3] reports of replicas   KEYS[4] when each was seen
-- ARGV[1] the replica   ARGV[2] its report, "" when it leaves   ARGV[3] what the keys of series begin with
-- ARGV[4] events, JSON: { text, age in ms, whether an operator's }   ARGV[5] points, JSON: { name, age in ms, calls, failures, rejected }
-- Returns server ms. An event that comes twice is kept once.

local EVENTS_MOST = 5000
local OVERRIDES_MOST = 1000
local KEPT_MS = 604800000
local REPLICA_KEPT_MS = 3600000
local SERIES_KEPT_MS = 90000000

local now = clock_ms()

local function keep(key, most, at, text)
  redis.call("ZADD", key, "NX", digits(at), text)
  redis.call("ZREMRANGEBYRANK", key, 0, -most - 1)
  redis.call("PEXPIRE", key, KEPT_MS)
end

for _, event in ipairs(json(ARGV[4])) do
  local text, age, is_override = event[1], event[2], event[3]
  keep(KEYS[1], EVENTS_MOST, now - age, text)
  if is_override then
    keep(KEYS[2], OVERRIDES_MOST, now - age, text)
  end
end

for _, point in ipairs(json(ARGV[5])) do
  local minute = math.floor((now - point[2]) / 60000)
  local key = ARGV[3] .. math.floor(minute / 60) .. ":" .. point[1]
  local field = tostring(minute % 60)
  local sums = { point[3], point[4], point[5] }
  local before, at = redis.call("HGET", key, field), 0
  for number in string.gmatch(before or "", "%d+") do
    at = at + 1
    sums[at] = sums[at] + tonumber(number)
  end
  redis.call("HSET", key, field, string.format("%d|%d|%d", sums[1], sums[2], sums[3]))
  redis.call("PEXPIRE", key, SERIES_KEPT_MS)
end

if ARGV[2] == "" then
  redis.call("HDEL", KEYS[3], ARGV[1])
  redis.call("ZREM", KEYS[4], ARGV[1])
else
  redis.call("HSET", KEYS[3], ARGV[1], ARGV[2])
  redis.call("ZADD", KEYS[4], digits(now), ARGV[1])
end
for _, gone in ipairs(redis.call("ZRANGEBYSCORE", KEYS[4], "-inf", now - REPLICA_KEPT_MS, "LIMIT", 0, 16)) do
  redis.call("HDEL", KEYS[3], gone)
  redis.call("ZREM", KEYS[4], gone)
end
redis.call("PEXPIRE", KEYS[3], KEPT_MS)
redis.call("PEXPIRE", KEYS[4], KEPT_MS)
return digits(now)
