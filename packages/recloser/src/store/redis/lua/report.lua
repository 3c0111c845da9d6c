-- @include operation
-- @include report
-- Outcomes of one replica. KEYS and ARGV as in lib/operation; KEYS[6] marks the report's name.
-- Command: { id, incarnation, generation, cells, lastSuccessAgeMs, lastSuccessStartedAgoMs, tail, retryAfterMs,
--            notAfterMs, random }
-- Codes: ok, tripped, extended, stale, ignored, noop (it has been here before), expired

-- The mark outlives the report's last instant: whoever is told "expired" may send its outcomes again, and must not where a
-- client library had sent it twice, and only the second came late.
local function is_repeated(command, now)
  local life = math.min(LIFE_MOST_MS, math.ceil(command.notAfterMs + REPORT_REMEMBERED_MS - now))
  return life > 0 and not redis.call("SET", KEYS[6], "1", "NX", "PX", life)
end

local function came_late(command, now)
  if is_repeated(command, now) then
    return "noop"
  end
  return "expired"
end

local function extend(facts, command, now)
  local tripped = facts.tripped
  if now >= tripped.untl or command.retryAfterMs == nil then
    return "ignored"
  end
  local untl = now + math.min(command.retryAfterMs, HINT_ON_COOLDOWN_MAX_MS)
  if untl <= tripped.untl then
    return "ignored"
  end
  tripped.untl = untl
  changed(facts, now)
  return "extended", nil, true
end

local function report(facts, command, policy, now, by)
  if is_repeated(command, now) then
    return "noop"
  end
  local missing = facts.inc == 0
  local known = command.incarnation == facts.inc or command.incarnation == 0
  if not missing and (not known or command.generation ~= facts.gen) then
    return "stale"
  end
  local cells, failed = cells_of(command, policy.windowMs / BUCKETS, now)
  if missing and not failed then
    return "ok"
  end
  if facts.tripped then
    return extend(facts, command, now)
  end
  -- A record that was lost takes the reporter's generation, so that generations never run backwards.
  if missing then
    facts.gen = math.max(facts.gen, command.generation)
  end
  local why, evidence = merge_report(facts, cells, command, policy, by, now)
  if why == nil then
    if missing then
      facts.inc, facts.ver = now, 1
    end
    return "ok", nil, true
  end
  local cause = { why = why, evidence = evidence, hint = command.retryAfterMs, random = command.random }
  open(facts, trip_step(facts, now), cause, policy, now)
  return "tripped", nil, true
end

return operate(report, came_late)
