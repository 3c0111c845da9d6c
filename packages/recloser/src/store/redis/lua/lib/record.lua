-- @include clock
-- @include set-aside
-- A record as a hash, and as the facts that the rules look at. Fields that are not known stay as they are.
--
--   inc ver gen            incarnation, version, generation
--   st op ou why           tripped: "1", opened at, open until, reason
--   ev                     evidence: reason|calls|failures|slow|window|streak|kind=count,...
--   lt lu                  the lease's token, and its expiry
--   cl pa lo vo            claimed: "1", probes passed, lost and void in a row
--   att cd ca              ladder step, cooldown, closed at
--   h:<kind>               a hold: since|until|step
--   ov ovBy ovWhy ovAt ovUntil   the override
--   b:<start>              a bucket: successes|slow|young|failures of each kind
--   sk skBy                the streak: failures|since|started|begun, and its only reporter
--   s1 s2                  who was served last: at|by
--   pol                    what the last report was judged by, for people (lib/report.lua writes it): window|minimum of
--                          calls|failure rate|failure threshold|in a row|slow after|slow rate, each "-" where it is off

local PATTERNS = { "^h:", "^b:" }
local FIELDS = {}
for name in string.gmatch("inc ver gen st op ou why ev lt lu cl pa lo vo att cd ca ov ovBy ovWhy ovAt ovUntil sk skBy s1 s2 pol", "%S+") do
  FIELDS[name] = true
end

local function is_ours(field)
  if FIELDS[field] then
    return true
  end
  for _, pattern in ipairs(PATTERNS) do
    if string.find(field, pattern) then
      return true
    end
  end
  return false
end

local function no_record()
  return {
    inc = 0, ver = 0, gen = 0, tripped = nil, step = 0, cooldown = 0, closed = nil, holds = {}, override = nil,
    buckets = {}, streak = { failures = 0, since = 0, started = 0, begun = 0 }, served = {},
  }
end

-- A number, or an error: what is none was not written by us.
local function number_of(text)
  local number = string.find(text, "^[%d.eE+-]+$") and tonumber(text)
  if not number or number ~= number or number == math.huge or number == -math.huge then
    error({ unreadable = true })
  end
  return number
end

local function text_of(text)
  if text == nil then
    error({ unreadable = true })
  end
  return text
end

local function numbers_of(text, count)
  local all = {}
  for part in string.gmatch(text .. "|", "([^|]*)|") do
    all[#all + 1] = number_of(part)
  end
  if #all ~= count then
    error({ unreadable = true })
  end
  return all
end

local function readable_evidence(text)
  if text ~= nil then
    local counts, kinds = string.match(text, "^[^|]+|([^|]+|[^|]+|[^|]+|[^|]+|[^|]+)|([^|]*)$")
    numbers_of(counts, 5)
    for count in string.gmatch(kinds, "[^,]+") do
      number_of(string.match(count, "=(.*)$"))
    end
  end
  return text
end

local function served_of(text)
  if text == nil then
    return nil
  end
  local at, by = string.match(text, "^([^|]*)|(.*)$")
  return { at = number_of(at), by = by }
end

local function tripped_of(raw)
  if raw.st == nil then
    return nil
  end
  local tripped = {
    opened = number_of(raw.op), untl = number_of(raw.ou), why = text_of(raw.why), evidence = readable_evidence(raw.ev),
    claimed = raw.cl ~= nil, passed = number_of(raw.pa), lost = number_of(raw.lo), voided = number_of(raw.vo),
  }
  if raw.lt ~= nil then
    tripped.lease = { token = raw.lt, expires = number_of(raw.lu) }
  end
  return tripped
end

local function override_of(raw)
  if raw.ov == nil then
    return nil
  end
  return {
    mode = raw.ov, by = text_of(raw.ovBy), why = text_of(raw.ovWhy), since = number_of(raw.ovAt),
    untl = raw.ovUntil and number_of(raw.ovUntil) or nil,
  }
end

local function facts_of(raw)
  local facts = no_record()
  facts.inc, facts.ver, facts.gen = number_of(raw.inc), number_of(raw.ver), number_of(raw.gen)
  facts.tripped = tripped_of(raw)
  facts.step, facts.cooldown = number_of(raw.att), number_of(raw.cd)
  facts.closed = raw.ca and number_of(raw.ca) or nil
  facts.override = override_of(raw)
  facts.judged_by = raw.pol
  if raw.sk ~= nil then
    local streak = numbers_of(raw.sk, 4)
    facts.streak = { failures = streak[1], since = streak[2], started = streak[3], begun = streak[4], from = raw.skBy }
  end
  facts.served = { served_of(raw.s1), served_of(raw.s2) }
  for field, value in pairs(raw) do
    local kind = string.match(field, "^h:(.*)$")
    local start = string.match(field, "^b:(.*)$")
    if kind then
      local hold = numbers_of(value, 3)
      facts.holds[kind] = { since = hold[1], untl = hold[2], step = hold[3] }
    elseif start then
      local counts = numbers_of(value, 3 + #FAILURE_KINDS)
      local bucket = { start = number_of(start), successes = counts[1], slow = counts[2], young = counts[3], failures = {} }
      for at = 1, #FAILURE_KINDS do
        bucket.failures[at] = counts[3 + at]
      end
      facts.buckets[#facts.buckets + 1] = bucket
    end
  end
  table.sort(facts.buckets, function(a, b) return a.start < b.start end)
  return facts
end

local function put_tripped(raw, tripped)
  raw.st, raw.op, raw.ou, raw.why, raw.ev = "1", digits(tripped.opened), digits(tripped.untl), tripped.why, tripped.evidence
  raw.cl = tripped.claimed and "1" or nil
  raw.pa, raw.lo, raw.vo = digits(tripped.passed), digits(tripped.lost), digits(tripped.voided)
  if tripped.lease then
    raw.lt, raw.lu = tripped.lease.token, digits(tripped.lease.expires)
  end
end

local function raw_of(facts)
  local raw = {
    inc = digits(facts.inc), ver = digits(facts.ver), gen = digits(facts.gen),
    att = digits(facts.step), cd = digits(facts.cooldown), ca = facts.closed and digits(facts.closed) or nil,
  }
  if facts.tripped then
    put_tripped(raw, facts.tripped)
  end
  local override = facts.override
  if override then
    raw.ov, raw.ovBy, raw.ovWhy, raw.ovAt = override.mode, override.by, override.why, digits(override.since)
    raw.ovUntil = override.untl and digits(override.untl) or nil
  end
  for kind, hold in pairs(facts.holds) do
    raw["h:" .. kind] = table.concat({ digits(hold.since), digits(hold.untl), digits(hold.step) }, "|")
  end
  for _, bucket in ipairs(facts.buckets) do
    local counts = { digits(bucket.successes), digits(bucket.slow), digits(bucket.young) }
    for at = 1, #FAILURE_KINDS do
      counts[3 + at] = digits(bucket.failures[at] or 0)
    end
    raw["b:" .. digits(bucket.start)] = table.concat(counts, "|")
  end
  local streak = facts.streak
  if streak.failures > 0 then
    raw.sk = table.concat({ digits(streak.failures), digits(streak.since), digits(streak.started), digits(streak.begun) }, "|")
    raw.skBy = streak.from
  end
  for at, one in ipairs(facts.served) do
    raw["s" .. at] = digits(one.at) .. "|" .. one.by
  end
  raw.pol = facts.judged_by
  return raw
end

-- The hash as a table, and the facts in it. What was not written by us, or can no longer be read, is set aside under
-- `aside`, and the record begins anew.
local function load_record(key, aside)
  local flat = redis.pcall("HGETALL", key)
  local raw = {}
  if not is_foreign(flat) then
    local readable, facts = #flat <= 2 * FIELDS_MOST, nil
    if readable then
      for at = 1, #flat, 2 do
        raw[flat[at]] = flat[at + 1]
      end
      if next(raw) == nil then
        return {}, no_record(), false
      end
      readable, facts = pcall(facts_of, raw)
    end
    if readable then
      return raw, facts, false
    end
  end
  if aside then
    set_aside(key, aside)
  end
  return {}, no_record(), true
end

-- Field and value in turn.
local function flat_of(raw)
  local flat = {}
  for field, value in pairs(raw) do
    if is_ours(field) then
      flat[#flat + 1] = field
      flat[#flat + 1] = value
    end
  end
  return flat
end
