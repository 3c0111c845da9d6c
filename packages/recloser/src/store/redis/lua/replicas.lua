-- @include clock
-- The replicas that told of themselves within the hour.
-- KEYS[1] their reports   KEYS[2] when each was seen
-- Returns server ms, then of each its name, its report and when it was seen.

local answer = { digits(clock_ms()) }
local seen = redis.call("ZRANGE", KEYS[2], -500, -1, "WITHSCORES")
for at = 1, #seen, 2 do
  local report = redis.call("HGET", KEYS[1], seen[at])
  if report then
    answer[#answer + 1] = seen[at]
    answer[#answer + 1] = report
    answer[#answer + 1] = seen[at + 1]
  end
end
return answer
