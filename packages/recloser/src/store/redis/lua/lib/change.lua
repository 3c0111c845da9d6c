-- @include record
-- @include cooldown
-- The changes that several verbs make. Each works on the facts in place.

local function forget_window(facts)
  facts.buckets, facts.served = {}, {}
  facts.streak = { failures = 0, since = 0, started = 0, begun = 0 }
end

local function changed(facts, now)
  if facts.inc == 0 then
    facts.inc = now
  end
  facts.ver = facts.ver + 1
  return "changed"
end

-- `by`: why, evidence, hint, random.
local function open(facts, step, by, policy, now)
  local cooldown = cooldown_of(policy.cooldown, step, by.random)
  facts.gen = facts.gen + 1
  facts.step, facts.cooldown = step, cooldown
  facts.tripped = {
    opened = now, untl = now + open_period_ms(cooldown, by.hint), why = by.why, evidence = by.evidence,
    claimed = false, passed = 0, lost = 0, voided = 0,
  }
  forget_window(facts)
  changed(facts, now)
end

local function owns(facts, command)
  local tripped = facts.tripped
  return command.incarnation == facts.inc and tripped ~= nil and tripped.lease ~= nil and tripped.lease.token == command.token
end
