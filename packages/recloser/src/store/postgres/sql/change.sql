-- The changes that several operations make. Each takes facts and gives facts.

create or replace function @schema@.no_record() returns jsonb
language sql immutable as $$
  select '{"incarnation": 0, "version": 0, "generation": 0, "circuit": {"is": "closed"}, "step": 0, "cooldownMs": 0,
    "closedAtMs": null, "holds": {}, "override": null, "buckets": [], "served": [],
    "streak": {"failures": 0, "sinceMs": 0, "startedMs": 0, "begun": 0, "from": null}}'::jsonb
$$;

-- A window without outcomes, as a part of facts.
create or replace function @schema@.no_window() returns jsonb
language sql immutable as $$
  select '{"buckets": [], "served": [], "streak": {"failures": 0, "sinceMs": 0, "startedMs": 0, "begun": 0, "from": null}}'::jsonb
$$;

create or replace function @schema@.changed(f jsonb, now_ms double precision) returns jsonb
language sql immutable as $$
  select f || jsonb_build_object(
    'incarnation', case when (f->>'incarnation')::double precision = 0 then now_ms else (f->>'incarnation')::double precision end,
    'version', (f->>'version')::double precision + 1)
$$;

create or replace function @schema@.next_generation(f jsonb) returns jsonb
language sql immutable as $$
  select f || jsonb_build_object('generation', (f->>'generation')::double precision + 1)
$$;

create or replace function @schema@.opened(
  f jsonb, step double precision, why text, evidence jsonb, hint_ms double precision, random double precision,
  policy jsonb, now_ms double precision
) returns jsonb
language plpgsql immutable as $$
declare
  ladder jsonb := policy->'cooldown';
  jittered double precision :=
    @schema@.rung_ms(ladder, step) * (1 + (ladder->>'jitter')::double precision * random);
  cooldown double precision := least((ladder->>'maxMs')::double precision, jittered);
  open_ms double precision := greatest(cooldown, least(coalesce(hint_ms, 0), 600000)); -- HINT_ON_COOLDOWN_MAX_MS
begin
  return @schema@.changed(@schema@.next_generation(f) || @schema@.no_window() || jsonb_build_object(
    'step', step,
    'cooldownMs', cooldown,
    'circuit', jsonb_build_object(
      'is', 'tripped', 'openedAtMs', now_ms, 'openUntilMs', now_ms + open_ms, 'reason', why,
      'evidence', coalesce(evidence, 'null'), 'lease', null, 'claimed', false, 'passed', 0, 'lost', 0, 'voided', 0)), now_ms);
end
$$;

create or replace function @schema@.owns(f jsonb, c jsonb) returns boolean
language sql immutable as $$
  select (c->>'incarnation')::double precision = (f->>'incarnation')::double precision
    and coalesce(f#>>'{circuit,lease,token}' = c->>'token', false)
$$;
