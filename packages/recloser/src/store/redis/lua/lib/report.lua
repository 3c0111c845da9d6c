-- @include constants
-- @include trip
-- A batch of outcomes on its way into a record's window and streak. See report.ts and command.ts.

-- The buckets of the batch by start, on this clock; and whether there is a failure among them.
local function cells_of(command, width, now)
  local cells, failed = {}, false
  for _, cell in ipairs(command.cells) do
    local failures = {}
    for at, kind in ipairs(FAILURE_KINDS) do
      failures[at] = cell.failures[kind] or 0
      failed = failed or cell.failures[kind] ~= nil
    end
    cells[#cells + 1] = {
      start = math.floor((now - cell.ageMs) / width) * width,
      successes = cell.successes, slow = cell.slow, young = cell.young, failures = failures,
    }
  end
  return cells, failed
end

local function has_failure(bucket)
  for _, count in ipairs(bucket.failures) do
    if count > 0 then
      return true
    end
  end
  return false
end

local function add_bucket(into, bucket)
  into.successes, into.slow, into.young =
    into.successes + bucket.successes, into.slow + bucket.slow, into.young + bucket.young
  for at = 1, #FAILURE_KINDS do
    into.failures[at] = into.failures[at] + bucket.failures[at]
  end
end

-- The buckets that still count, and whether one of the record's own with a failure is among them.
local function merge_buckets(facts, cells, window, now)
  local width = window / BUCKETS
  local oldest = (math.floor(now / width) - BUCKETS + 1) * width
  local by_start, merged = {}, {}
  local function counts(bucket)
    local left = bucket.start < oldest or (facts.closed ~= nil and bucket.start + width <= facts.closed)
    return not left and bucket.start <= now + window
  end
  local remembered = false
  for _, bucket in ipairs(facts.buckets) do
    if counts(bucket) then
      remembered = remembered or has_failure(bucket)
      by_start[bucket.start] = bucket
      merged[#merged + 1] = bucket
    end
  end
  for _, cell in ipairs(cells) do
    if counts(cell) then
      if by_start[cell.start] then
        add_bucket(by_start[cell.start], cell)
      else
        by_start[cell.start] = cell
        merged[#merged + 1] = cell
      end
    end
  end
  table.sort(merged, function(a, b) return a.start < b.start end)
  return merged, remembered
end

-- A success of a call that began after the streak's first ends it: what is left is the tail after that success.
local function merge_streak(streak, command, by, now)
  local tail = command.tail
  local since, started = now - tail.ageMs, now - tail.startedAgoMs
  local success = command.lastSuccessStartedAgoMs and now - command.lastSuccessStartedAgoMs
  if streak.failures == 0 or (success and success >= streak.started) then
    if tail.failures == 0 then
      return { failures = 0, since = 0, started = 0, begun = 0 }
    end
    return { failures = tail.failures, since = since, started = started, begun = tail.begun, from = by }
  end
  if tail.failures == 0 then
    return streak
  end
  local before = 0
  for _, ago in ipairs(tail.beforeAgoMs) do
    if now - ago >= streak.started then
      before = before + 1
    end
  end
  return {
    failures = streak.failures + tail.failures,
    since = math.min(streak.since, since),
    started = math.min(streak.started, started),
    begun = streak.begun + tail.begun + before,
    from = streak.from == by and by or nil,
  }
end

-- The two replicas that were served last.
local function merge_served(served, command, by, now)
  if command.lastSuccessAgeMs == nil then
    return served
  end
  local at = now - command.lastSuccessAgeMs
  local merged = {}
  for _, one in ipairs(served) do
    if one.by ~= by then
      merged[#merged + 1] = one
    elseif one.at >= at then
      return served
    end
  end
  local place = 1
  while merged[place] and merged[place].at > at do
    place = place + 1
  end
  table.insert(merged, place, { by = by, at = at })
  merged[3] = nil
  return merged
end

local function is_alone(streak, served, now)
  for _, one in ipairs(served) do
    if streak.from ~= nil and one.by ~= streak.from and now - one.at < SERVED_LATELY_MS then
      return true
    end
  end
  return false
end

local function counts_of(buckets)
  local counts = { successes = 0, slow = 0, young = 0, failures = 0, kinds = {} }
  for at = 1, #FAILURE_KINDS do
    counts.kinds[at] = 0
  end
  for _, bucket in ipairs(buckets) do
    counts.successes = counts.successes + bucket.successes
    counts.slow = counts.slow + bucket.slow
    counts.young = counts.young + bucket.young
    for at = 1, #FAILURE_KINDS do
      counts.kinds[at] = counts.kinds[at] + bucket.failures[at]
      counts.failures = counts.failures + bucket.failures[at]
    end
  end
  counts.young = math.max(0, counts.young)
  return counts
end

local function evidence_of(why, counts, streak, window)
  local kinds = {}
  for at, kind in ipairs(FAILURE_KINDS) do
    if counts.kinds[at] > 0 then
      kinds[#kinds + 1] = kind .. "=" .. digits(counts.kinds[at])
    end
  end
  local calls = counts.successes + counts.failures + counts.young
  local parts = { why, digits(calls), digits(counts.failures), digits(counts.slow), digits(window), digits(streak.failures) }
  parts[#parts + 1] = table.concat(kinds, ",")
  return table.concat(parts, "|")
end

-- The rules as a text, so that whoever looks at the record can say what it would trip at.
local function rules_of(policy)
  local slow = policy.slowCall or {}
  local parts = {
    policy.windowMs, policy.minimumCalls, policy.failureRate, policy.failureThreshold, policy.consecutiveFailures,
    slow.afterMs, slow.rate,
  }
  for at = 1, 7 do
    parts[at] = parts[at] and string.format("%.15g", parts[at]) or "-"
  end
  return table.concat(parts, "|")
end

-- Adds the batch to the facts; gives the reason to trip and its evidence, or nil.
local function merge_report(facts, cells, command, policy, by, now)
  local buckets, remembered = merge_buckets(facts, cells, policy.windowMs, now)
  local before = remembered and facts.streak or { failures = 0, since = 0, started = 0, begun = 0 }
  facts.buckets, facts.judged_by = buckets, rules_of(policy)
  facts.streak = merge_streak(before, command, by, now)
  facts.served = merge_served(facts.served, command, by, now)
  local counts = counts_of(buckets)
  local why = trip_reason(counts, facts.streak, policy, is_alone(facts.streak, facts.served, now), now)
  return why, why and evidence_of(why, counts, facts.streak, policy.windowMs)
end
