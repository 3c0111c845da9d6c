-- @include constants
-- The names that changed since a cursor.
-- KEYS[1] the log of changes   KEYS[2] its life and sequence
-- ARGV[1] the cursor's life, "" without one   ARGV[2] its sequence
-- Returns life, sequence, "1" if the log reaches back to the cursor, then the names.

local life = redis.call("HGET", KEYS[2], "life") or "0"
local sequence = tonumber(redis.call("HGET", KEYS[2], "seq") or "0")
local since = tonumber(ARGV[2]) or 0
if ARGV[1] == "" then
  return { life, tostring(sequence), "1" }
end
if ARGV[1] ~= life or since > sequence or sequence - since > LOG_LENGTH then
  return { life, tostring(sequence), "" }
end
-- The newest entry is the sequence's, unless the log was evicted since.
if since < sequence and tonumber(redis.call("ZRANGE", KEYS[1], -1, -1, "WITHSCORES")[2]) ~= sequence then
  return { life, tostring(sequence), "" }
end
return { life, tostring(sequence), "1", unpack(redis.call("ZRANGEBYSCORE", KEYS[1], "(" .. since, "+inf")) }
