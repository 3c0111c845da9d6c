-- What replicas tell of their calls: outcomes, holds, and holds that are over. Each takes facts `f` and a command `c`, gives
-- the facts as they are then, a code, and whether they are to be written.

create or replace function @schema@.report(
  inout f jsonb, c jsonb, policy jsonb, reporter text, now_ms double precision, out code text, out wrote boolean
)
language plpgsql immutable as $$
declare
  t jsonb := f->'circuit';
  missing boolean := (f->>'incarnation')::double precision = 0;
  reported double precision := (c->>'incarnation')::double precision;
  hint_ms double precision := (c->>'retryAfterMs')::double precision;
  until_ms double precision;
  why text;
  evidence jsonb;
begin
  wrote := false;
  -- A reporter that knew of no record yet speaks of the round all the same.
  if not missing and ((reported <> 0 and reported <> (f->>'incarnation')::double precision)
      or (c->>'generation')::double precision <> (f->>'generation')::double precision) then
    code := 'stale';
    return;
  end if;
  if missing and not exists (select from jsonb_array_elements(c->'cells') as cell where cell->'failures' <> '{}') then
    code := 'ok'; -- no success makes a record
    return;
  end if;
  if t->>'is' = 'tripped' then
    code := 'ignored';
    until_ms := now_ms + least(hint_ms, 600000); -- HINT_ON_COOLDOWN_MAX_MS
    if now_ms < (t->>'openUntilMs')::double precision and hint_ms is not null
      and until_ms > (t->>'openUntilMs')::double precision then
      f := @schema@.changed(jsonb_set(f, '{circuit,openUntilMs}', to_jsonb(until_ms)), now_ms);
      code := 'extended';
      wrote := true;
    end if;
    return;
  end if;
  -- A record that was lost takes the reporter's generation, so that generations never run backwards.
  if missing then
    f := f || jsonb_build_object('generation',
      greatest((f->>'generation')::double precision, (c->>'generation')::double precision));
  end if;
  select merged.f, merged.why, merged.evidence into f, why, evidence
    from @schema@.merge_report(f, c, policy, reporter, now_ms) as merged;
  wrote := true;
  if why is null then
    code := 'ok';
    if missing then
      f := f || jsonb_build_object('incarnation', now_ms, 'version', 1);
    end if;
    return;
  end if;
  code := 'tripped';
  f := @schema@.opened(f, @schema@.trip_step(f, now_ms), why, evidence, hint_ms, (c->>'random')::double precision, policy, now_ms);
end
$$;

-- A rate limit, a quota or a key holds its scope: the later deadline wins; a straggler from before it climbs no ladder.
create or replace function @schema@.hold(
  inout f jsonb, c jsonb, policy jsonb, now_ms double precision, out code text, out wrote boolean
)
language plpgsql immutable as $$
declare
  kind text := c->>'kind';
  before jsonb := f->'holds'->kind;
  straggler boolean := coalesce(
    now_ms - (c->>'startedAgoMs')::double precision <= (before->>'sinceMs')::double precision, false);
  hint_ms double precision := (c->>'retryAfterMs')::double precision;
  step double precision := coalesce((before->>'step')::double precision, 0) + case when straggler then 0 else 1 end;
  until_ms double precision;
begin
  code := 'noop';
  wrote := false;
  if straggler and hint_ms is null then
    return;
  end if;
  until_ms := now_ms + case when hint_ms is null then @schema@.rung_ms(policy->'hold', step)
    else least(hint_ms, 86400000) end; -- HINT_ON_HOLD_MAX_MS
  until_ms := greatest(coalesce((before->>'untilMs')::double precision, 0), until_ms);
  if straggler and until_ms = (before->>'untilMs')::double precision then
    return;
  end if;
  f := f || jsonb_build_object('holds', f->'holds' || jsonb_build_object(kind, jsonb_build_object(
    'sinceMs', case when straggler then (before->>'sinceMs')::double precision else now_ms end,
    'untilMs', until_ms, 'step', step)));
  f := @schema@.changed(f, now_ms);
  code := 'changed';
  wrote := true;
end
$$;

-- A call that began after a hold had ended was served: that hold's ladder is over.
create or replace function @schema@.lift(inout f jsonb, c jsonb, now_ms double precision, out code text, out wrote boolean)
language plpgsql immutable as $$
declare
  started double precision := now_ms - (c->>'startedAgoMs')::double precision;
  kept jsonb;
begin
  select coalesce(jsonb_object_agg(kind, hold), '{}') into kept from jsonb_each(f->'holds') as held (kind, hold)
    where now_ms < (hold->>'untilMs')::double precision or started < (hold->>'untilMs')::double precision;
  wrote := kept <> f->'holds';
  code := case when wrote then 'changed' else 'noop' end;
  if wrote then
    f := @schema@.changed(f || jsonb_build_object('holds', kept), now_ms);
  end if;
end
$$;
