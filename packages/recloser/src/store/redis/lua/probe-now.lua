-- @include operation
-- Ends the cooldown: the next call is the probe. KEYS and ARGV as in lib/operation.
-- Command: {}
-- Codes: changed, noop

local function probe_now(facts, _, _, now)
  local tripped = facts.tripped
  if tripped == nil or now >= tripped.untl then
    return "noop"
  end
  tripped.untl = now
  return changed(facts, now), nil, true
end

return operate(probe_now)
