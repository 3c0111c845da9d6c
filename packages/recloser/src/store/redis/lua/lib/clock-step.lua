-- What a record is worth after the clock ran back: what has begun in the future is over. See clock-step.ts.

local function over_now(tripped, lease_ms, now)
  tripped.opened, tripped.untl = now, now
  local lease = tripped.lease
  if lease and lease.expires > now + lease_ms then
    lease.expires = now
  end
end

-- Changes the facts in place, and says whether it did.
local function behind_clock(facts, lease_ms, now)
  local stepped = false
  if facts.tripped and facts.tripped.opened > now then
    over_now(facts.tripped, lease_ms, now)
    stepped = true
  end
  if facts.closed and facts.closed > now then
    facts.closed = nil
    stepped = true
  end
  for kind, hold in pairs(facts.holds) do
    if hold.since > now then
      facts.holds[kind] = nil
      stepped = true
    end
  end
  local served = {}
  for _, one in ipairs(facts.served) do
    if one.at <= now then
      served[#served + 1] = one
    end
  end
  stepped = stepped or #served < #facts.served
  facts.served = served
  return stepped
end
