-- @include operation
-- After a loss of data: what a replica had read here of an open period that still runs. KEYS and ARGV as in lib/operation.
-- Command: { incarnation, version, generation, step, cooldownMs, reason, remainingMs, notAfterMs }
-- Codes: changed, noop

local function reassert(facts, command, policy, now)
  local same_life = facts.inc == command.incarnation
  local less_history = facts.inc == 0 or facts.ver == 0 or (same_life and facts.ver < command.version)
  local before = facts.tripped
  local probing = before ~= nil and now >= before.untl
  if not less_history or probing or command.remainingMs <= 0 then
    return "noop"
  end
  local longest = math.max(policy.cooldown.maxMs, HINT_ON_COOLDOWN_MAX_MS)
  facts.tripped = {
    opened = before and before.opened or now,
    untl = math.max(before and before.untl or 0, now + math.min(command.remainingMs, longest)),
    why = command.reason, evidence = before and before.evidence,
    claimed = false, passed = 0, lost = 0, voided = 0,
  }
  facts.ver = math.max(facts.ver, same_life and command.version or 0) + 1
  if facts.inc == 0 then
    facts.inc = now
  end
  facts.gen = math.max(facts.gen, command.generation)
  facts.step = math.max(facts.step, command.step)
  facts.cooldown = command.cooldownMs
  return "changed", nil, true
end

return operate(reassert)
