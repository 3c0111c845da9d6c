-- @include operation
-- Takes an override back. KEYS and ARGV as in lib/operation.
-- Command: {}
-- Codes: changed, noop

local function clear(facts, _, _, now)
  if facts.override == nil then
    return "noop"
  end
  facts.gen, facts.override = facts.gen + 1, nil
  return changed(facts, now), nil, true
end

return operate(clear)
