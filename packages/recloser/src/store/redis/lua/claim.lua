-- @include operation
-- The right to probe. KEYS and ARGV as in lib/operation.
-- Command: { token, leaseMs, random, notAfterMs }
-- Codes: go, denied (detail: ms until another claim makes sense), probe, reopened. A denial writes nothing.

local function claim(facts, command, policy, now)
  local tripped = facts.tripped
  if tripped == nil then
    return "go"
  end
  if now < tripped.untl then
    return "denied", tripped.untl - now
  end
  local lease = tripped.lease
  if lease and now < lease.expires then
    return "denied", lease.expires - now
  end
  local lost = tripped.lost + (lease and 1 or 0)
  if lost >= MAX_LOST then
    local cause = { why = "probe-lost", evidence = tripped.evidence, random = command.random }
    open(facts, facts.step + 1, cause, policy, now)
    return "reopened", facts.tripped.untl - now, true
  end
  -- The first claim of an open period counts its probes anew, and is the one that views must learn of.
  if not tripped.claimed then
    tripped.passed, tripped.claimed = 0, true
    facts.ver = facts.ver + 1
  end
  tripped.lost = lost
  tripped.lease = { token = command.token, expires = now + command.leaseMs }
  return "probe", nil, true
end

return operate(claim)
