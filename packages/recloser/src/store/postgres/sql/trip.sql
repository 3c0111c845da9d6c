-- When a closed circuit trips. See trip.ts.

create or replace function @schema@.is_outage(streak jsonb, policy jsonb, now_ms double precision) returns boolean
language plpgsql immutable as $$
declare
  length double precision;
  failures double precision := (streak->>'failures')::double precision;
  begun double precision := (streak->>'begun')::double precision;
begin
  if jsonb_typeof(policy->'consecutiveFailures') <> 'number' then
    return false;
  end if;
  length := (policy->>'consecutiveFailures')::double precision;
  if failures < length then
    return false;
  end if;
  -- SHARE_LEAST_CALLS, STREAK_LEAST_SHARE
  if begun >= 20 and failures < 0.75 * begun + 0.25 * length then
    return false;
  end if;
  return length = 1 or now_ms - (streak->>'sinceMs')::double precision >= 50; -- STREAK_LEAST_MS
end
$$;

-- `alone`: the failures are one replica's while another is served, so only slowness can trip.
create or replace function @schema@.trip_reason(
  successes double precision, failures double precision, slow double precision, young double precision,
  streak jsonb, policy jsonb, alone boolean, now_ms double precision
) returns text
language plpgsql immutable as $$
declare
  calls double precision := successes + failures + young;
begin
  if not alone then
    if @schema@.is_outage(streak, policy, now_ms) then
      return 'consecutive-failures';
    end if;
    if jsonb_typeof(policy->'failureThreshold') = 'number'
      and failures >= (policy->>'failureThreshold')::double precision then
      return 'failure-threshold';
    end if;
  end if;
  if calls < (policy->>'minimumCalls')::double precision then
    return null;
  end if;
  if not alone and jsonb_typeof(policy->'failureRate') = 'number' and failures > 0
    and failures / calls >= (policy->>'failureRate')::double precision then
    return 'failure-rate';
  end if;
  if jsonb_typeof(policy->'slowCall') = 'object' and slow > 0
    and (calls = 0 or slow / calls >= (policy#>>'{slowCall,rate}')::double precision) then
    return 'slow-calls';
  end if;
  return null;
end
$$;
