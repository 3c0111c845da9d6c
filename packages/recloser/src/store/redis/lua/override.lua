-- @include operation
-- An operator's word over the computed state. KEYS and ARGV as in lib/operation.
-- Command: { mode: force-open | force-closed, by, reason, forMs }
-- Codes: changed

local function override(facts, command, _, now)
  facts.gen = facts.gen + 1
  facts.override = {
    mode = command.mode, by = command.by, why = command.reason, since = now,
    untl = command.forMs and now + command.forMs or nil,
  }
  return changed(facts, now), nil, true
end

return operate(override)
