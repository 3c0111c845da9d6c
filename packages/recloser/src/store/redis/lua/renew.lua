-- @include operation
-- Extends a lease. KEYS and ARGV as in lib/operation.
-- Command: { incarnation, token, leaseMs }
-- Codes: renewed, fenced. A lease past its expiry that nobody has buried is still its holder's.

local function renew(facts, command, _, now)
  if not owns(facts, command) then
    return "fenced"
  end
  facts.tripped.lease.expires = now + command.leaseMs
  return "renewed", nil, true
end

return operate(renew)
