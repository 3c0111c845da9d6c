-- What a record is worth after the clock ran back: what has begun in the future is over. See clock-step.ts.
create or replace function @schema@.behind_clock(f jsonb, lease_ms double precision, now_ms double precision) returns jsonb
language plpgsql immutable as $$
declare
  t jsonb := f->'circuit';
begin
  if (t->>'openedAtMs')::double precision > now_ms then
    t := t || jsonb_build_object('openedAtMs', now_ms, 'openUntilMs', now_ms);
    -- One that ends later than it can since have been renewed is its holder's still, until somebody else claims.
    if (t#>>'{lease,expiresAtMs}')::double precision > now_ms + lease_ms then
      t := jsonb_set(t, '{lease,expiresAtMs}', to_jsonb(now_ms));
    end if;
    f := f || jsonb_build_object('circuit', t);
  end if;
  if (f->>'closedAtMs')::double precision > now_ms then
    f := f || '{"closedAtMs": null}';
  end if;
  if f->'holds' <> '{}' then
    f := f || jsonb_build_object('holds', (
      select coalesce(jsonb_object_agg(kind, hold), '{}') from jsonb_each(f->'holds') as held (kind, hold)
      where (hold->>'sinceMs')::double precision <= now_ms));
  end if;
  if f->'served' <> '[]' then
    f := f || jsonb_build_object('served', (
      select coalesce(jsonb_agg(one order by nth), '[]') from jsonb_array_elements(f->'served') with ordinality as served (one, nth)
      where (one->>'atMs')::double precision <= now_ms));
  end if;
  return f;
end
$$;
