-- What a replica has to tell. Whatever adds a row also takes those away that are too many, or too far from now.

create or replace function @schema@.check_history(wants integer) returns void
language plpgsql immutable as $$
begin
  if wants <> @history@ then
    raise exception 'the history in the schema @schema@ is of version @history@, and this process speaks version %', wants
      using errcode = 'RC001';
  end if;
end
$$;

-- The newest 5000 of a namespace, and of what operators did the newest 1000 whatever else happened; a week.
create or replace function @schema@.sweep_events(ns text, now_ms double precision) returns void
language plpgsql volatile as $$
declare
  week_ms double precision := 604800000;
  too_old bigint := coalesce((select told from @schema@.history_events
    where namespace = ns order by told desc offset 5000 limit 1), -1);
  too_old_override bigint := coalesce((select told from @schema@.history_events
    where namespace = ns and is_override order by told desc offset 1000 limit 1), -1);
begin
  delete from @schema@.history_events where ctid = any(array(
    select ctid from @schema@.history_events
    where namespace = ns and told <= too_old and (not is_override or told <= too_old_override) for update skip locked));
  -- Of any namespace: one that nobody tells of any more ends too.
  delete from @schema@.history_events where ctid = any(array(
    select ctid from @schema@.history_events
    where at_ms < now_ms - week_ms or at_ms > now_ms + week_ms limit 500 for update skip locked));
end
$$;

-- 25 hours of a breaker, and 50 000 of a namespace.
create or replace function @schema@.sweep_hours(ns text, this_hour bigint) returns void
language plpgsql volatile as $$
declare
  excess bigint := (select count(*) from @schema@.history_hours where namespace = ns) - 50000;
begin
  if excess > 0 then
    delete from @schema@.history_hours where ctid = any(array(
      select ctid from @schema@.history_hours where namespace = ns order by hour limit excess for update skip locked));
  end if;
  delete from @schema@.history_hours where ctid = any(array(
    select ctid from @schema@.history_hours
    where hour < this_hour - 25 or hour > this_hour + 25 limit 500 for update skip locked));
end
$$;

-- The thousand of a namespace that were seen last, for an hour.
create or replace function @schema@.sweep_replicas(ns text, now_ms double precision) returns void
language plpgsql volatile as $$
declare
  hour_ms double precision := 3600000;
begin
  delete from @schema@.history_replicas where ctid = any(array(
    select ctid from @schema@.history_replicas
    where seen_ms < now_ms - hour_ms or seen_ms > now_ms + hour_ms limit 500 for update skip locked));
  delete from @schema@.history_replicas where ctid = any(array(
    select ctid from @schema@.history_replicas where namespace = ns and seen_ms < (
      select seen_ms from @schema@.history_replicas where namespace = ns order by seen_ms desc offset 999 limit 1)
    for update skip locked));
end
$$;

-- `report`: null when it leaves. `events`: [id, JSON, age in ms, whether an operator's]; one that comes twice is kept once.
-- `points`: [name, age in ms, calls, failures, rejected]; added to what others told of that minute. Answers the server's ms.
create or replace function @schema@.note(wants integer, ns text, teller text, report text, events jsonb, points jsonb) returns text
language plpgsql volatile
set extra_float_digits = 1
set lock_timeout = '250ms'
as $$
declare
  now_ms double precision := @schema@.clock_ms();
  point record;
  is_new boolean;
  has_grown boolean := false;
begin
  perform @schema@.check_history(wants);
  perform set_config('synchronous_commit', 'off', true);
  insert into @schema@.history_events (namespace, replica, id, at_ms, is_override, event)
    select ns, teller, one->>0, now_ms - (one->>2)::double precision, (one->>3)::boolean, one->>1
    from jsonb_array_elements(events) with ordinality as each (one, nth)
    where length(one->>1) <= 16384 order by nth
    on conflict do nothing;
  if found then
    perform @schema@.sweep_events(ns, now_ms);
  end if;
  -- In one order, or two replicas might wait for each other.
  for point in
    select one->>0 as name, floor((now_ms - (one->>1)::double precision) / 60000)::bigint as minute,
      (one->>2)::numeric as calls, (one->>3)::numeric as failures, (one->>4)::numeric as rejected
    from jsonb_array_elements(points) as each (one) order by 1, 2
  loop
    insert into @schema@.history_hours as h (namespace, name, hour, minutes)
      values (ns, point.name, point.minute / 60, jsonb_build_object(
        point.minute % 60, jsonb_build_array(point.calls, point.failures, point.rejected)))
      on conflict (namespace, name, hour) do update set minutes = h.minutes || jsonb_build_object(
        point.minute % 60, jsonb_build_array(
          coalesce((h.minutes#>>array[(point.minute % 60)::text, '0'])::numeric, 0) + point.calls,
          coalesce((h.minutes#>>array[(point.minute % 60)::text, '1'])::numeric, 0) + point.failures,
          coalesce((h.minutes#>>array[(point.minute % 60)::text, '2'])::numeric, 0) + point.rejected))
      returning h.xmax = 0 into is_new; -- nobody has changed what was inserted just now
    has_grown := has_grown or is_new;
  end loop;
  if has_grown then -- to count is some milliseconds where there are many
    perform @schema@.sweep_hours(ns, floor(now_ms / 3600000)::bigint);
  end if;
  if report is null then
    delete from @schema@.history_replicas where namespace = ns and id = teller;
  else
    update @schema@.history_replicas as r set report = note.report, seen_ms = now_ms
      where r.namespace = ns and r.id = teller;
    if not found then
      insert into @schema@.history_replicas as r (namespace, id, report, seen_ms) values (ns, teller, note.report, now_ms)
        on conflict (namespace, id) do update set report = excluded.report, seen_ms = excluded.seen_ms;
      perform @schema@.sweep_replicas(ns, now_ms);
    end if;
  end if;
  return now_ms::text;
end
$$;
