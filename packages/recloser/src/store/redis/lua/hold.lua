-- @include operation
-- A rate limit, a quota or a key holds its scope. KEYS and ARGV as in lib/operation.
-- Command: { kind, retryAfterMs, startedAgoMs, notAfterMs }
-- Codes: changed, noop. The later deadline wins; a straggler from before the hold climbs no ladder.

local function hold(facts, command, policy, now)
  local before = facts.holds[command.kind]
  local straggler = before ~= nil and now - command.startedAgoMs <= before.since
  local step = straggler and before.step or (before and before.step or 0) + 1
  local hint = command.retryAfterMs and math.min(command.retryAfterMs, HINT_ON_HOLD_MAX_MS)
  if straggler and not hint then
    return "noop"
  end
  local untl = math.max(before and before.untl or 0, now + (hint or rung_ms(policy.hold, step)))
  if straggler and untl == before.untl then
    return "noop"
  end
  facts.holds[command.kind] = { since = straggler and before.since or now, untl = untl, step = step }
  return changed(facts, now), nil, true
end

return operate(hold)
