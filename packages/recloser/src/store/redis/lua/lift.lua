-- @include operation
-- A call that began after a hold had ended was served: that hold's ladder is over. KEYS and ARGV as in lib/operation.
-- Command: { startedAgoMs, notAfterMs }
-- Codes: changed, noop

local function lift(facts, command, _, now)
  local started, lifted = now - command.startedAgoMs, false
  for kind, held in pairs(facts.holds) do
    if now >= held.untl and started >= held.untl then
      facts.holds[kind] = nil
      lifted = true
    end
  end
  if not lifted then
    return "noop"
  end
  return changed(facts, now), nil, true
end

return operate(lift)
