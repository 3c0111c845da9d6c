-- @include clock
-- What happened, as replicas told it.
-- KEYS[1] what happened, or what operators did
-- ARGV[1] not before this many ms ago, "" for the newest of any age   ARGV[2] how many at most
-- Returns server ms, and a list of text and instant of each, oldest first.

local now = clock_ms()
local newest
if ARGV[1] == "" then
  newest = redis.call("ZRANGE", KEYS[1], -tonumber(ARGV[2]), -1, "WITHSCORES")
else
  local since = digits(now - tonumber(ARGV[1]))
  newest = redis.call("ZRANGEBYSCORE", KEYS[1], since, "+inf", "WITHSCORES", "LIMIT", 0, ARGV[2])
end
return { digits(now), newest }
