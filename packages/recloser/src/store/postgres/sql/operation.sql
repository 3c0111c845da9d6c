-- One operation on one record: what all of them share. Locks the row, lets the operation change the facts, writes what is
-- different, tells of a change.

create or replace function @schema@.channel(ns text) returns text
language sql immutable as $$
  select 'recloser_' || md5('@schema@' || '.' || ns)
$$;

-- What a view needs, to whoever listens; the window and what it is judged by are the store's own. The poll finds what is too long to be told.
create or replace function @schema@.tell(ns text, record_name text, teller text, f jsonb, now_ms double precision) returns void
language plpgsql volatile as $$
declare
  told text := jsonb_build_object('name', record_name, 'by', teller, 'nowMs', now_ms,
    'facts', (f || @schema@.no_window()) - 'rules')::text;
begin
  if octet_length(told) < 7900 then
    perform pg_notify(@schema@.channel(ns), told);
  end if;
end
$$;

-- A copy of the rules, for one operation. `detail` comes with `denied` and `reopened`.
create or replace function @schema@.decide(
  inout f jsonb, c jsonb, policy jsonb, teller text, now_ms double precision,
  out code text, out detail double precision, out wrote boolean
)
language plpgsql immutable as $$
begin
  wrote := false;
  if now_ms > (c->>'notAfterMs')::double precision then
    code := 'expired';
    return;
  end if;
  case c->>'type'
    when 'report' then
      select r.f, r.code, r.wrote into f, code, wrote from @schema@.report(f, c, policy, teller, now_ms) as r;
    when 'claim' then
      select r.f, r.code, r.detail, r.wrote into f, code, detail, wrote from @schema@.claim(f, c, policy, now_ms) as r;
    when 'renew' then
      select r.f, r.code, r.wrote into f, code, wrote from @schema@.renew(f, c, now_ms) as r;
    when 'settle' then
      select r.f, r.code, r.wrote into f, code, wrote from @schema@.settle(f, c, policy, now_ms) as r;
    when 'hold' then
      select r.f, r.code, r.wrote into f, code, wrote from @schema@.hold(f, c, policy, now_ms) as r;
    when 'lift' then
      select r.f, r.code, r.wrote into f, code, wrote from @schema@.lift(f, c, now_ms) as r;
    when 'override' then
      select r.f, r.code, r.wrote into f, code, wrote from @schema@.override(f, c, now_ms) as r;
    when 'clear' then
      select r.f, r.code, r.wrote into f, code, wrote from @schema@.clear(f, now_ms) as r;
    when 'reset' then
      select r.f, r.code, r.wrote into f, code, wrote from @schema@.reset(f, now_ms) as r;
    when 'probe-now' then
      select r.f, r.code, r.wrote into f, code, wrote from @schema@.probe_now(f, now_ms) as r;
    when 'reassert' then
      select r.f, r.code, r.wrote into f, code, wrote from @schema@.reassert(f, c, policy, now_ms) as r;
  end case;
end
$$;

-- `wants`: the version of these functions that the caller speaks. Answers {code, detail, nowMs, flags, facts}; the flag "q":
-- what stood under the record's name was none, and is in set_aside.
create or replace function @schema@.apply(wants integer, ns text, record_name text, teller text, policy jsonb, c jsonb) returns text
language plpgsql volatile
-- All digits of a number, whatever the role has set; and nobody waits long for a lock.
set extra_float_digits = 1
set lock_timeout = '500ms'
as $$
declare
  stored jsonb;
  ends timestamptz;
  next_end timestamptz;
  f jsonb;
  seen jsonb;
  is_row boolean;
  is_change boolean;
  answer record;
  now_ms double precision := @schema@.clock_ms();
  lease_ms double precision := (policy#>>'{probe,leaseMs}')::double precision;
  flags text := '';
begin
  perform @schema@.check_version(wants);
  -- What is lost in a crash is soft: nobody waits for a disk.
  perform set_config('synchronous_commit', 'off', true);
  if c->>'type' = 'report' and @schema@.is_repeated(ns, c, now_ms) then
    select r.facts into stored from @schema@.records as r
      where r.namespace = ns and r.name = record_name and (r.expires_at is null or r.expires_at > clock_timestamp());
    return jsonb_build_object('code', 'noop', 'detail', null, 'nowMs', now_ms, 'flags', '',
      'facts', case when @schema@.is_readable(stored) then stored else @schema@.no_record() end)::text;
  end if;
  -- Whoever is denied leaves no trace, not even a lock.
  if c->>'type' = 'claim' then
    select r.facts into stored from @schema@.records as r
      where r.namespace = ns and r.name = record_name and (r.expires_at is null or r.expires_at > clock_timestamp());
    if found and @schema@.is_readable(stored) then
      seen := @schema@.behind_clock(stored, lease_ms, now_ms);
      select * into answer from @schema@.decide(seen, c, policy, teller, now_ms);
      if not answer.wrote then
        return jsonb_build_object('code', answer.code, 'detail', answer.detail, 'nowMs', now_ms, 'flags', '', 'facts', stored)::text;
      end if;
    end if;
  end if;
  loop
    select r.facts, r.expires_at into stored, ends from @schema@.records as r
      where r.namespace = ns and r.name = record_name for update;
    is_row := found;
    now_ms := @schema@.clock_ms();
    if not is_row or ends <= clock_timestamp() then
      stored := @schema@.no_record();
    elsif not @schema@.is_readable(stored) then
      insert into @schema@.set_aside (namespace, name, facts, at) values (ns, record_name, stored, clock_timestamp());
      delete from @schema@.set_aside where at < clock_timestamp() - interval '7 days';
      delete from @schema@.records as r where r.namespace = ns and r.name = record_name;
      is_row := false;
      flags := 'q';
      stored := @schema@.no_record();
    end if;
    seen := @schema@.behind_clock(stored, lease_ms, now_ms);
    select * into answer from @schema@.decide(seen, c, policy, teller, now_ms);
    f := answer.f;
    -- A hold that is over since the clock ran back must not be in force again when it comes to where it was.
    if not answer.wrote and seen <> stored and c->>'type' = 'lift' then
      f := @schema@.changed(seen, now_ms);
      answer.code := 'changed';
      answer.wrote := true;
    end if;
    if not answer.wrote then
      f := stored;
      exit;
    end if;
    is_change := f->'incarnation' <> stored->'incarnation' or f->'version' <> stored->'version';
    next_end := @schema@.end_of(f, policy, now_ms);
    if is_row then
      -- An end that is near enough is kept: to move it costs the index an entry.
      if ends > next_end and ends < next_end + (next_end - clock_timestamp()) / 2 then
        next_end := ends;
      else
        next_end := next_end + (next_end - clock_timestamp()) / 4;
      end if;
      update @schema@.records as r
        set facts = f, expires_at = next_end, seq = case when is_change then @schema@.next_seq(ns) else r.seq end
        where r.namespace = ns and r.name = record_name;
    else
      insert into @schema@.records (namespace, name, facts, seq, expires_at)
        values (ns, record_name, f, 0, next_end) on conflict do nothing;
      continue when not found; -- another one was faster
      perform @schema@.sweep();
      update @schema@.records as r set seq = @schema@.next_seq(ns) where r.namespace = ns and r.name = record_name;
    end if;
    if is_change then
      perform @schema@.tell(ns, record_name, teller, f, now_ms);
    end if;
    exit;
  end loop;
  return jsonb_build_object('code', answer.code, 'detail', answer.detail, 'nowMs', now_ms, 'flags', flags, 'facts', f)::text;
end
$$;
