-- A batch of outcomes on its way into a record's window and streak. See report.ts and command.ts.

-- A success of a call that began after the streak's first ends it: what is left is the tail after that success.
create or replace function @schema@.merged_streak(streak jsonb, c jsonb, reporter text, now_ms double precision) returns jsonb
language plpgsql immutable as $$
declare
  tail jsonb := c->'tail';
  failures double precision := (tail->>'failures')::double precision;
  since double precision := now_ms - (tail->>'ageMs')::double precision;
  started double precision := now_ms - (tail->>'startedAgoMs')::double precision;
  begun double precision := (tail->>'begun')::double precision;
  success double precision := now_ms - (c->>'lastSuccessStartedAgoMs')::double precision;
  before double precision;
begin
  if (streak->>'failures')::double precision = 0 or success >= (streak->>'startedMs')::double precision then
    if failures = 0 then
      return @schema@.no_window()->'streak';
    end if;
    return jsonb_build_object('failures', failures, 'sinceMs', since, 'startedMs', started, 'begun', begun, 'from', reporter);
  end if;
  if failures = 0 then
    return streak;
  end if;
  select count(*) into before from jsonb_array_elements(tail->'beforeAgoMs') as ago (ms)
    where now_ms - (ms#>>'{}')::double precision >= (streak->>'startedMs')::double precision;
  return jsonb_build_object(
    'failures', (streak->>'failures')::double precision + failures,
    'sinceMs', least((streak->>'sinceMs')::double precision, since),
    'startedMs', least((streak->>'startedMs')::double precision, started),
    'begun', (streak->>'begun')::double precision + begun + before,
    'from', case when streak->>'from' = reporter then reporter end);
end
$$;

-- The two replicas that were served last.
create or replace function @schema@.merged_served(served jsonb, c jsonb, reporter text, now_ms double precision) returns jsonb
language plpgsql immutable as $$
declare
  at_ms double precision := now_ms - (c->>'lastSuccessAgeMs')::double precision;
begin
  if at_ms is null or exists (
    select from jsonb_array_elements(served) as one
    where one->>'by' = reporter and (one->>'atMs')::double precision >= at_ms
  ) then
    return served;
  end if;
  return (
    select jsonb_agg(one order by at desc, nth)
    from (
      select one, (one->>'atMs')::double precision as at, nth
      from (
        select jsonb_build_object('by', reporter, 'atMs', at_ms) as one, 0 as nth
        union all
        select one, nth from jsonb_array_elements(served) with ordinality as before (one, nth) where one->>'by' <> reporter
      ) as everyone
      order by at desc, nth limit 2
    ) as latest);
end
$$;

create or replace function @schema@.is_alone(streak jsonb, served jsonb, now_ms double precision) returns boolean
language sql immutable as $$
  select streak->>'from' is not null and exists (
    select from jsonb_array_elements(served) as one
    where one->>'by' <> streak->>'from' and now_ms - (one->>'atMs')::double precision < 1500) -- SERVED_LATELY_MS
$$;

-- Adds a batch to the facts: the reason to trip and its evidence, or null.
create or replace function @schema@.merge_report(
  inout f jsonb, c jsonb, policy jsonb, reporter text, now_ms double precision, out why text, out evidence jsonb
)
language plpgsql immutable as $$
declare
  window_ms double precision := (policy->>'windowMs')::double precision;
  width double precision := window_ms / 10; -- BUCKETS
  oldest double precision := (floor(now_ms / width) - 9) * width;
  closed_at double precision := (f->>'closedAtMs')::double precision;
  buckets jsonb;
  remembered boolean;
  successes double precision;
  slow double precision;
  young double precision;
  failures double precision;
  by_kind jsonb;
  streak jsonb;
  served jsonb;
begin
  with cells as (
    select (one->>'startMs')::double precision as start, one as cell, true as own from jsonb_array_elements(f->'buckets') as one
    union all
    select floor((now_ms - (one->>'ageMs')::double precision) / width) * width, one, false from jsonb_array_elements(c->'cells') as one
  ), counting as (
    select * from cells
    where start >= oldest and (closed_at is null or start + width > closed_at) and start <= now_ms + window_ms
  ), failed as (
    select start, kind, sum(count::double precision) as count
    from counting, jsonb_each_text(cell->'failures') as kinds (kind, count) group by start, kind
  ), summed as (
    select start, sum((cell->>'successes')::double precision) as successes, sum((cell->>'slow')::double precision) as slow,
      sum((cell->>'young')::double precision) as young from counting group by start
  ), merged as (
    select summed.*, coalesce((
      select jsonb_object_agg(kind, count) from failed where failed.start = summed.start and count > 0), '{}') as failures
    from summed
  )
  select
    coalesce(jsonb_agg(jsonb_build_object('startMs', start, 'successes', merged.successes, 'slow', merged.slow,
      'young', merged.young, 'failures', merged.failures) order by start), '[]'),
    coalesce(sum(merged.successes), 0), coalesce(sum(merged.slow), 0), greatest(0, coalesce(sum(merged.young), 0)),
    (select coalesce(jsonb_object_agg(kind, total), '{}') from (select kind, sum(count) as total from failed group by kind) as kinds where total > 0),
    (select coalesce(sum(count), 0) from failed),
    -- A streak is evidence inside the window: one whose failures have all left it is over.
    (select coalesce(bool_or(own and cell->'failures' <> '{}'), false) from counting)
  into buckets, successes, slow, young, by_kind, failures, remembered
  from merged;
  streak := @schema@.merged_streak(case when remembered then f->'streak' else @schema@.no_window()->'streak' end, c, reporter, now_ms);
  served := @schema@.merged_served(f->'served', c, reporter, now_ms);
  -- What it is judged by stays beside it, for people who look at it: `policy`, as far as it is a rule.
  f := f || jsonb_build_object('buckets', buckets, 'streak', streak, 'served', served, 'rules', jsonb_build_object(
    'windowMs', policy->'windowMs', 'minimumCalls', policy->'minimumCalls', 'failureRate', policy->'failureRate',
    'failureThreshold', policy->'failureThreshold', 'consecutiveFailures', policy->'consecutiveFailures',
    'slowCall', policy->'slowCall'));
  why := @schema@.trip_reason(successes, failures, slow, young, streak, policy, @schema@.is_alone(streak, served, now_ms), now_ms);
  if why is not null then
    evidence := jsonb_build_object('reason', why, 'calls', successes + failures + young, 'failures', failures, 'slow', slow,
      'windowMs', window_ms, 'inRow', (streak->>'failures')::double precision, 'byKind', by_kind);
  end if;
end
$$;
