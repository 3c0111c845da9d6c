-- @include clock
-- How a breaker did, by the minute.
-- KEYS one for each hour
-- Returns server ms, then of each hour its minutes and their sums: calls|failures|rejected.

local answer = { digits(clock_ms()) }
for at, key in ipairs(KEYS) do
  answer[at + 1] = redis.call("HGETALL", key)
end
return answer
