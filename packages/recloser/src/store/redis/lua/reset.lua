-- @include operation
-- Forgets everything but the override. KEYS and ARGV as in lib/operation.
-- Command: {}
-- Codes: changed

local function reset(facts, _, _, now)
  facts.gen = facts.gen + 1
  facts.tripped, facts.step, facts.cooldown, facts.closed, facts.holds = nil, 0, 0, nil, {}
  forget_window(facts)
  return changed(facts, now), nil, true
end

return operate(reset)
