-- The right to probe, and what became of it.

create or replace function @schema@.claim(
  inout f jsonb, c jsonb, policy jsonb, now_ms double precision,
  out code text, out detail double precision, out wrote boolean
)
language plpgsql immutable as $$
declare
  t jsonb := f->'circuit';
  lease_ends double precision := (t#>>'{lease,expiresAtMs}')::double precision;
  lost double precision;
begin
  wrote := false;
  if t->>'is' = 'closed' then
    code := 'go';
    return;
  end if;
  detail := coalesce(
    nullif(greatest((t->>'openUntilMs')::double precision - now_ms, 0), 0),
    nullif(greatest(lease_ends - now_ms, 0), 0));
  if detail is not null then
    code := 'denied';
    return;
  end if;
  wrote := true;
  lost := (t->>'lost')::double precision + case when lease_ends is null then 0 else 1 end;
  if lost >= 3 then -- MAX_LOST
    f := @schema@.opened(f, (f->>'step')::double precision + 1, 'probe-lost', t->'evidence', null,
      (c->>'random')::double precision, policy, now_ms);
    code := 'reopened';
    detail := (f#>>'{circuit,openUntilMs}')::double precision - now_ms;
    return;
  end if;
  -- The first claim of an open period counts its probes anew, and is the one that views must learn of.
  if not (t->>'claimed')::boolean then
    t := t || '{"passed": 0, "claimed": true}';
    f := f || jsonb_build_object('version', (f->>'version')::double precision + 1);
  end if;
  f := f || jsonb_build_object('circuit', t || jsonb_build_object('lost', lost, 'lease', jsonb_build_object(
    'token', c->>'token', 'expiresAtMs', now_ms + (c->>'leaseMs')::double precision)));
  code := 'probe';
end
$$;

-- A lease past its expiry that nobody has buried is still its holder's.
create or replace function @schema@.renew(inout f jsonb, c jsonb, now_ms double precision, out code text, out wrote boolean)
language plpgsql immutable as $$
begin
  wrote := @schema@.owns(f, c);
  code := case when wrote then 'renewed' else 'fenced' end;
  if wrote then
    f := jsonb_set(f, '{circuit,lease,expiresAtMs}', to_jsonb(now_ms + (c->>'leaseMs')::double precision));
  end if;
end
$$;

create or replace function @schema@.settle(
  inout f jsonb, c jsonb, policy jsonb, now_ms double precision, out code text, out wrote boolean
)
language plpgsql immutable as $$
declare
  t jsonb := f->'circuit';
  passed double precision;
begin
  wrote := @schema@.owns(f, c);
  if not wrote then
    code := 'fenced';
  elsif c->>'verdict' = 'failed' then
    f := @schema@.opened(f, (f->>'step')::double precision + 1, 'probe-failed', t->'evidence',
      (c->>'retryAfterMs')::double precision, (c->>'random')::double precision, policy, now_ms);
    code := 'reopened';
  elsif c->>'verdict' = 'void' then
    t := t || jsonb_build_object('lease', null, 'lost', 0, 'voided', (t->>'voided')::double precision + 1);
    code := 'void';
    if (t->>'voided')::double precision >= 5 then -- MAX_VOID
      -- So many probes without a verdict say that probing is no use now: the same cooldown again, and no step up.
      t := t || jsonb_build_object('reason', 'probe-void', 'claimed', false, 'voided', 0,
        'openUntilMs', now_ms + greatest((f->>'cooldownMs')::double precision, 0));
      code := 'reopened';
    end if;
    f := @schema@.changed(f || jsonb_build_object('circuit', t), now_ms);
  else
    passed := (t->>'passed')::double precision + 1;
    if passed < (policy#>>'{probe,successes}')::double precision then
      f := f || jsonb_build_object('circuit',
        t || jsonb_build_object('lease', null, 'passed', passed, 'lost', 0, 'voided', 0));
      code := 'passed';
      return;
    end if;
    f := @schema@.changed(@schema@.next_generation(f) || @schema@.no_window()
      || jsonb_build_object('circuit', '{"is": "closed"}'::jsonb, 'closedAtMs', now_ms), now_ms);
    code := 'closed';
  end if;
end
$$;
