-- A record as a row: whether it can be read, how long it lives, its number in the log of changes.

-- What is not like this was not written by us, or is damaged.
create or replace function @schema@.is_readable(f jsonb) returns boolean
language sql immutable as $$
  select coalesce(pg_column_size(f) < 65536 and f @@ '
    $.incarnation.type() == "number" && $.version.type() == "number" && $.generation.type() == "number"
    && $.step.type() == "number" && $.cooldownMs.type() == "number"
    && ($.closedAtMs.type() == "number" || $.closedAtMs.type() == "null")
    && ($.circuit.is == "closed" || ($.circuit.is == "tripped"
      && $.circuit.openedAtMs.type() == "number" && $.circuit.openUntilMs.type() == "number"
      && $.circuit.reason.type() == "string" && $.circuit.claimed.type() == "boolean"
      && $.circuit.passed.type() == "number" && $.circuit.lost.type() == "number" && $.circuit.voided.type() == "number"
      && ($.circuit.lease.type() == "null"
        || ($.circuit.lease.token.type() == "string" && $.circuit.lease.expiresAtMs.type() == "number"))
      && ($.circuit.evidence.type() == "null" || ($.circuit.evidence.calls.type() == "number"
        && $.circuit.evidence.failures.type() == "number" && $.circuit.evidence.byKind.type() == "object"))))
    && $.holds.type() == "object" && !exists($.holds.* ? (
      !(@.sinceMs.type() == "number" && @.untilMs.type() == "number" && @.step.type() == "number")))
    && ($.override.type() == "null" || ($.override.mode.type() == "string" && $.override.by.type() == "string"
      && $.override.reason.type() == "string" && $.override.sinceMs.type() == "number"
      && ($.override.untilMs.type() == "number" || $.override.untilMs.type() == "null")))
    && $.buckets.type() == "array" && !exists($.buckets[*] ? (
      !(@.startMs.type() == "number" && @.successes.type() == "number" && @.slow.type() == "number"
        && @.young.type() == "number" && @.failures.type() == "object" && !exists(@.failures.* ? (@.type() != "number")))))
    && $.streak.failures.type() == "number" && $.streak.sinceMs.type() == "number"
    && $.streak.startedMs.type() == "number" && $.streak.begun.type() == "number"
    && $.served.type() == "array" && !exists($.served[*] ? (!(@.by.type() == "string" && @.atMs.type() == "number")))
  ', false)
$$;

-- When the record ends if nothing happens to it; null: never.
create or replace function @schema@.end_of(f jsonb, policy jsonb, now_ms double precision) returns timestamptz
language plpgsql volatile as $$
declare
  -- LADDER_RESET_MS lies below LIFE_LEAST_MS
  life_ms double precision := greatest(
    (policy->>'windowMs')::double precision, 2 * (f->>'cooldownMs')::double precision, 3600000);
  until_ms double precision := greatest(
    now_ms,
    (f#>>'{circuit,openUntilMs}')::double precision,
    (f#>>'{override,untilMs}')::double precision,
    (select max((hold->>'untilMs')::double precision) from jsonb_each(f->'holds') as held (kind, hold)));
begin
  if jsonb_typeof(f->'override') = 'object' and jsonb_typeof(f#>'{override,untilMs}') = 'null' then
    return null;
  end if;
  -- A hundred years at most.
  return clock_timestamp() + least(life_ms + until_ms - now_ms, 3155760000000) * interval '1 millisecond';
end
$$;

-- The next number of the namespace's log. Its row stays locked until the change is committed.
create or replace function @schema@.next_seq(ns text) returns bigint
language sql volatile as $$
  insert into @schema@.namespaces as n (namespace, life, seq) values (ns, @schema@.clock_ms(), 1)
  on conflict (namespace) do update set seq = n.seq + 1 returning seq
$$;

-- Records that have ended, a few whenever a new one comes.
create or replace function @schema@.sweep() returns void
language sql volatile as $$
  delete from @schema@.records where ctid = any(array(
    select ctid from @schema@.records where expires_at < clock_timestamp() order by expires_at limit 4 for update skip locked))
$$;

-- Whether a report of that name came before; until two seconds after its last instant (REPORT_REMEMBERED_MS) its name is known.
create or replace function @schema@.is_repeated(ns text, c jsonb, now_ms double precision) returns boolean
language plpgsql volatile as $$
declare
  life_ms double precision := least((c->>'notAfterMs')::double precision + 2000 - now_ms, 3155760000000);
begin
  if life_ms <= 0 then
    return false;
  end if;
  -- Names that nobody asks for any more leave by the dozen, so that few reports pay for it.
  if random() < 0.03 then
    delete from @schema@.reports where ctid = any(array(
      select ctid from @schema@.reports where until < clock_timestamp() limit 200 for update skip locked));
  end if;
  insert into @schema@.reports (namespace, id, until)
    values (ns, c->>'id', clock_timestamp() + life_ms * interval '1 millisecond') on conflict do nothing;
  return not found;
end
$$;
