-- @include constants
-- @include set-aside
-- The names that changed since a cursor.
-- KEYS[1] the log of changes   KEYS[2] its life and sequence
-- ARGV[1] the cursor's life, "" without one   ARGV[2] its sequence
-- Returns life, sequence, "1" if the log reaches back to the cursor, then the names.
-- Writes nothing: what somebody else has put there is as no log, until the next change puts it aside.

local function field(name)
  local value = redis.pcall("HGET", KEYS[2], name)
  return not is_foreign(value) and value or "0"
end

local life = field("life")
local sequence = tonumber(field("seq")) or 0
local since = tonumber(ARGV[2]) or 0
if ARGV[1] == "" then
  return { life, tostring(sequence), "1" }
end
if ARGV[1] ~= life or since > sequence or sequence - since > LOG_LENGTH then
  return { life, tostring(sequence), "" }
end
-- The newest entry is the sequence's, unless the log was evicted since, or is somebody else's.
local newest = redis.pcall("ZRANGE", KEYS[1], -1, -1, "WITHSCORES")
if is_foreign(newest) or (since < sequence and tonumber(newest[2]) ~= sequence) then
  return { life, tostring(sequence), "" }
end
return { life, tostring(sequence), "1", unpack(redis.call("ZRANGEBYSCORE", KEYS[1], "(" .. since, "+inf")) }
