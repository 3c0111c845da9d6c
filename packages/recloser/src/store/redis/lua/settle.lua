-- @include operation
-- What became of a probe. KEYS and ARGV as in lib/operation.
-- Command: { incarnation, token, verdict: passed | failed | void, retryAfterMs, random }
-- Codes: passed, closed, reopened, void, fenced

local function without_verdict(facts, now)
  local tripped = facts.tripped
  tripped.lease, tripped.lost = nil, 0
  tripped.voided = tripped.voided + 1
  if tripped.voided < MAX_VOID then
    changed(facts, now)
    return "void", nil, true
  end
  -- So many probes without a verdict say that probing is no use now: the same cooldown again, and no step up.
  tripped.why, tripped.claimed, tripped.voided = "probe-void", false, 0
  tripped.untl = now + math.max(facts.cooldown, 0)
  changed(facts, now)
  return "reopened", nil, true
end

local function settle(facts, command, policy, now)
  if not owns(facts, command) then
    return "fenced"
  end
  local tripped = facts.tripped
  if command.verdict == "failed" then
    local cause = { why = "probe-failed", evidence = tripped.evidence, hint = command.retryAfterMs, random = command.random }
    open(facts, facts.step + 1, cause, policy, now)
    return "reopened", nil, true
  end
  if command.verdict == "void" then
    return without_verdict(facts, now)
  end
  local passed = tripped.passed + 1
  if passed < policy.probe.successes then
    tripped.lease, tripped.passed, tripped.lost, tripped.voided = nil, passed, 0, 0
    return "passed", nil, true
  end
  facts.gen = facts.gen + 1
  facts.tripped, facts.closed = nil, now
  forget_window(facts)
  changed(facts, now)
  return "closed", nil, true
end

return operate(settle)
