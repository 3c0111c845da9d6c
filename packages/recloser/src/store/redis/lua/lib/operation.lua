-- @include args
-- @include change
-- @include change-log
-- @include clock-step
-- One operation on one record: what all verbs share. Reads, lets the verb change the facts, writes what is different.
--
-- KEYS[1] the record   KEYS[2] the log of changes   KEYS[3] the log's life and sequence   KEYS[4] the index of records
-- KEYS[5] where a record goes that cannot be read
-- ARGV[1] name   ARGV[2] who asks   ARGV[3] channel, "" for none   ARGV[4] policy, JSON   ARGV[5] command, JSON
-- Returns code, detail, server ms, flags, then fields and values of the record as it is now.
-- A command with notAfterMs that comes later does nothing, and is answered "expired".
-- Flags: "p" a push was refused; "q" the record could not be read and was set aside, "c", "l", "i" somebody else's was under
-- KEYS[2], KEYS[3], KEYS[4] and is beside it now, with ":q" behind its name.

local function life_ms(facts, policy, now)
  if facts.override and facts.override.untl == nil then
    return nil
  end
  local least = math.max(policy.windowMs, LADDER_RESET_MS, 2 * facts.cooldown, LIFE_LEAST_MS)
  local untl = now
  if facts.tripped then
    untl = math.max(untl, facts.tripped.untl)
  end
  if facts.override then
    untl = math.max(untl, facts.override.untl)
  end
  for _, hold in pairs(facts.holds) do
    untl = math.max(untl, hold.untl)
  end
  return math.min(LIFE_MOST_MS, math.ceil(least + untl - now))
end

local function write(before, facts, policy, now)
  local after, set, del = raw_of(facts), {}, {}
  for field, value in pairs(after) do
    if before[field] ~= value then
      set[#set + 1] = field
      set[#set + 1] = value
    end
  end
  for field in pairs(before) do
    if after[field] == nil and is_ours(field) then
      del[#del + 1] = field
    end
  end
  if #set > 0 then
    redis.call("HSET", KEYS[1], unpack(set))
  end
  if #del > 0 then
    redis.call("HDEL", KEYS[1], unpack(del))
  end
  local life = life_ms(facts, policy, now)
  if life == nil then
    redis.call("PERSIST", KEYS[1])
  else
    redis.call("PEXPIRE", KEYS[1], life)
  end
  return after, life
end

-- Each change lists its record, so that an index that was lost comes to be again. It grows by names that are never used
-- again: each new one looks after a few of the oldest. Gives a flag if somebody else's was set aside for it.
local function index(name, life, is_new, now)
  local function list()
    return redis.pcall("ZADD", KEYS[4], life and now + life or "+inf", name)
  end
  local flag = ""
  if is_foreign(list()) then
    set_aside(KEYS[4], KEYS[4] .. ":q")
    list()
    flag = "i"
  end
  if not is_new then
    return flag
  end
  local prefix = string.sub(KEYS[1], 1, #KEYS[1] - #name)
  for _, old in ipairs(redis.call("ZRANGEBYSCORE", KEYS[4], "-inf", now, "LIMIT", 0, 4)) do
    local left = redis.call("PTTL", prefix .. old)
    if left == -2 then
      redis.call("ZREM", KEYS[4], old)
    else
      redis.call("ZADD", KEYS[4], left == -1 and "+inf" or now + left, old)
    end
  end
  return flag
end

-- What a view needs; the window is the store's own, and so is what it was judged by.
local function push(name, by, channel, raw, now)
  local shown = {}
  for field, value in pairs(raw) do
    if not string.find(field, "^b:") and not string.find(field, "^s[k12]") and field ~= "pol" then
      shown[field] = value
    end
  end
  local sent = redis.pcall("PUBLISH", channel, cjson.encode({ name = name, by = by, now = digits(now), fields = shown }))
  return type(sent) == "table" and sent.err ~= nil
end

-- `run(facts, command, policy, now, by)` gives a code, a detail or nil, and whether it changed the facts; `came_late` the
-- code of a command that comes after its last instant, where that is not always the same.
local function operate(run, came_late)
  local name, by, channel = ARGV[1], ARGV[2], ARGV[3]
  local policy, command = json(ARGV[4]), json(ARGV[5])
  local now = clock_ms()
  local raw, facts, unreadable = load_record(KEYS[1], KEYS[5])
  local inc, ver = facts.inc, facts.ver
  local stepped = behind_clock(facts, policy.probe.leaseMs, now)
  local code, detail, wrote = "expired", nil, false
  if command.notAfterMs == nil or now <= command.notAfterMs then
    code, detail, wrote = run(facts, command, policy, now, by)
  elseif came_late then
    code = came_late(command, now)
  end
  -- A hold that is over since the clock ran back must not be in force again when it comes to where it was.
  if not wrote and stepped and command.type == "lift" then
    code, wrote = changed(facts, now), true
  end
  local flags = unreadable and "q" or ""
  if wrote then
    local life
    raw, life = write(raw, facts, policy, now)
    if facts.inc ~= inc or facts.ver ~= ver then
      flags = flags .. index(name, life, inc == 0, now) .. log_change(name, now)
      if channel ~= "" and push(name, by, channel, raw, now) then
        flags = flags .. "p"
      end
    end
  end
  return { code, detail and digits(detail) or "", digits(now), flags, unpack(flat_of(raw)) }
end
