-- @include clock
-- @include set-aside
-- The log of changes: names by sequence, in KEYS[2], and beside it its life and its last sequence, in KEYS[3].

-- More digits than that are not told by tostring. Nobody comes there by counting.
local SEQUENCE_MOST = 1e14

-- Writes a change down, or gives the key that keeps it from that.
local function try_to_log(name, now)
  local made = redis.pcall("HSETNX", KEYS[3], "life", digits(now))
  if is_foreign(made) or (made == 0 and tonumber(redis.call("HGET", KEYS[3], "life")) == nil) then
    return KEYS[3]
  end
  if made == 1 and is_foreign(redis.pcall("ZREMRANGEBYRANK", KEYS[2], 0, -1)) then
    return KEYS[2]
  end
  if made == 0 then
    local newest = redis.pcall("ZRANGE", KEYS[2], -1, -1)
    if is_foreign(newest) then
      return KEYS[2]
    end
    if newest[1] == nil then
      redis.call("HSET", KEYS[3], "life", digits(now)) -- the log alone was evicted: nobody's cursor reaches back
    end
  end
  local sequence = redis.pcall("HINCRBY", KEYS[3], "seq", 1)
  if is_foreign(sequence) or sequence > SEQUENCE_MOST then
    return KEYS[3]
  end
  if is_foreign(redis.pcall("ZADD", KEYS[2], sequence, name)) then
    return KEYS[2]
  end
  redis.call("ZREMRANGEBYRANK", KEYS[2], 0, -LOG_LENGTH - 1)
  return nil
end

-- Gives a flag for each key that was set aside. Both begin anew then, with another life: no cursor of before would know
-- what it has missed.
local function log_change(name, now)
  local flags = ""
  for _ = 1, 3 do
    local key = try_to_log(name, now)
    if key == nil then
      break
    end
    set_aside(key, key .. ":q")
    redis.call("DEL", KEYS[3])
    flags = flags .. (key == KEYS[2] and "c" or "l")
  end
  return flags
end
