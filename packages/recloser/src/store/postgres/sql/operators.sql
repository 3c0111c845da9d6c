-- An operator's word over the computed state, and what a replica had read before the store lost it.

create or replace function @schema@.override(inout f jsonb, c jsonb, now_ms double precision, out code text, out wrote boolean)
language plpgsql immutable as $$
begin
  f := @schema@.changed(@schema@.next_generation(f) || jsonb_build_object('override', jsonb_build_object(
    'mode', c->>'mode', 'by', c->>'by', 'reason', c->>'reason', 'sinceMs', now_ms,
    'untilMs', now_ms + (c->>'forMs')::double precision)), now_ms);
  code := 'changed';
  wrote := true;
end
$$;

create or replace function @schema@.clear(inout f jsonb, now_ms double precision, out code text, out wrote boolean)
language plpgsql immutable as $$
begin
  wrote := jsonb_typeof(f->'override') = 'object';
  code := case when wrote then 'changed' else 'noop' end;
  if wrote then
    f := @schema@.changed(@schema@.next_generation(f) || '{"override": null}', now_ms);
  end if;
end
$$;

-- Forgets everything but the override.
create or replace function @schema@.reset(inout f jsonb, now_ms double precision, out code text, out wrote boolean)
language plpgsql immutable as $$
begin
  f := @schema@.changed(@schema@.next_generation(f) || @schema@.no_window()
    || '{"circuit": {"is": "closed"}, "step": 0, "cooldownMs": 0, "closedAtMs": null, "holds": {}}', now_ms);
  code := 'changed';
  wrote := true;
end
$$;

-- Ends the cooldown: the next call is the probe.
create or replace function @schema@.probe_now(inout f jsonb, now_ms double precision, out code text, out wrote boolean)
language plpgsql immutable as $$
begin
  wrote := coalesce(now_ms < (f#>>'{circuit,openUntilMs}')::double precision, false);
  code := case when wrote then 'changed' else 'noop' end;
  if wrote then
    f := @schema@.changed(jsonb_set(f, '{circuit,openUntilMs}', to_jsonb(now_ms)), now_ms);
  end if;
end
$$;

-- After a loss of data: what a replica had read here of an open period that still runs.
create or replace function @schema@.reassert(
  inout f jsonb, c jsonb, policy jsonb, now_ms double precision, out code text, out wrote boolean
)
language plpgsql immutable as $$
declare
  t jsonb := f->'circuit';
  incarnation double precision := (f->>'incarnation')::double precision;
  version double precision := (f->>'version')::double precision;
  same_life boolean := incarnation = (c->>'incarnation')::double precision;
  told double precision := (c->>'version')::double precision;
  less_history boolean := incarnation = 0 or version = 0 or (same_life and version < told);
  until_ms double precision := (t->>'openUntilMs')::double precision;
  remaining double precision := (c->>'remainingMs')::double precision;
  longest double precision := greatest((policy#>>'{cooldown,maxMs}')::double precision, 600000); -- HINT_ON_COOLDOWN_MAX_MS
begin
  wrote := less_history and not coalesce(now_ms >= until_ms, false) and remaining > 0;
  code := case when wrote then 'changed' else 'noop' end;
  if not wrote then
    return;
  end if;
  f := f || jsonb_build_object(
    'incarnation', case when incarnation = 0 then now_ms else incarnation end,
    'version', greatest(version, case when same_life then told else 0 end) + 1,
    'generation', greatest((f->>'generation')::double precision, (c->>'generation')::double precision),
    'step', greatest((f->>'step')::double precision, (c->>'step')::double precision),
    'cooldownMs', (c->>'cooldownMs')::double precision,
    'circuit', jsonb_build_object(
      'is', 'tripped', 'openedAtMs', coalesce((t->>'openedAtMs')::double precision, now_ms),
      'openUntilMs', greatest(coalesce(until_ms, 0), now_ms + least(remaining, longest)),
      'reason', c->>'reason', 'evidence', coalesce(t->'evidence', 'null'), 'lease', null, 'claimed', false,
      'passed', 0, 'lost', 0, 'voided', 0));
end
$$;
