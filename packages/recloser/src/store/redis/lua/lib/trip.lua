-- @include constants
-- When a closed circuit trips. See trip.ts.

local function is_outage(streak, length, now)
  if not length or streak.failures < length then
    return false
  end
  local outweighs = streak.begun < SHARE_LEAST_CALLS
    or streak.failures >= STREAK_LEAST_SHARE * streak.begun + (1 - STREAK_LEAST_SHARE) * length
  return outweighs and (length == 1 or now - streak.since >= STREAK_LEAST_MS)
end

-- `alone`: the failures are one replica's while another is served, so only slowness can trip.
local function trip_reason(counts, streak, policy, alone, now)
  local calls = counts.successes + counts.failures + counts.young
  if not alone then
    if is_outage(streak, policy.consecutiveFailures, now) then
      return "consecutive-failures"
    end
    if policy.failureThreshold and counts.failures >= policy.failureThreshold then
      return "failure-threshold"
    end
  end
  if calls < policy.minimumCalls then
    return nil
  end
  if not alone and policy.failureRate and counts.failures > 0 and counts.failures / calls >= policy.failureRate then
    return "failure-rate"
  end
  if policy.slowCall and counts.slow > 0 and counts.slow / calls >= policy.slowCall.rate then
    return "slow-calls"
  end
  return nil
end
