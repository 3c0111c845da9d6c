-- What is asked of the history. Whoever asks is no replica, and does not wait long for a table that somebody has locked.

-- {nowMs, events: [[replica, ms, JSON]]}, oldest first: all since `within_ms` ago, or the newest of any age.
create or replace function @schema@.story(wants integer, ns text, within_ms double precision, most integer, only_overrides boolean)
returns text
language plpgsql stable
set extra_float_digits = 1
set lock_timeout = '250ms'
as $$
declare
  asked_ms double precision := extract(epoch from statement_timestamp())::double precision * 1000;
  told_of jsonb;
begin
  perform @schema@.check_history(wants);
  if within_ms is null then
    select jsonb_agg(jsonb_build_array(replica, at_ms, event) order by at_ms, told) into told_of from (
      select * from @schema@.history_events where namespace = ns and (is_override or not only_overrides)
      order by told desc limit least(most, case when only_overrides then 1000 else 5000 end)) as newest;
  else
    select jsonb_agg(jsonb_build_array(replica, at_ms, event) order by at_ms, told) into told_of from (
      select * from @schema@.history_events
      where namespace = ns and at_ms >= asked_ms - within_ms and (is_override or not only_overrides)
      order by at_ms, told limit most) as since;
  end if;
  return jsonb_build_object('nowMs', asked_ms, 'events', coalesce(told_of, '[]'))::text;
end
$$;

-- [[ms, calls, failures, rejected]] of a breaker's minutes, oldest first.
create or replace function @schema@.series(wants integer, ns text, record_name text, hours integer) returns text
language plpgsql stable
set lock_timeout = '250ms'
as $$
declare
  this_hour bigint := floor(@schema@.clock_ms() / 3600000);
begin
  perform @schema@.check_history(wants);
  return (
    select coalesce(jsonb_agg(jsonb_build_array(at_ms, sums->0, sums->1, sums->2) order by at_ms), '[]')::text from (
      select h.hour * 3600000 + minute::integer * 60000 as at_ms, sums
      from @schema@.history_hours as h, jsonb_each(h.minutes) as each (minute, sums)
      where h.namespace = ns and h.name = record_name and h.hour between this_hour - hours and this_hour + 1) as minutes);
end
$$;

-- {nowMs, replicas: [[name, ms, JSON]]}: who told of itself within the hour.
create or replace function @schema@.replicas(wants integer, ns text) returns text
language plpgsql stable
set extra_float_digits = 1
set lock_timeout = '250ms'
as $$
declare
  asked_ms double precision := extract(epoch from statement_timestamp())::double precision * 1000;
begin
  perform @schema@.check_history(wants);
  return jsonb_build_object('nowMs', asked_ms, 'replicas', (
    select coalesce(jsonb_agg(jsonb_build_array(id, seen_ms, report) order by seen_ms), '[]') from (
      select * from @schema@.history_replicas
      where namespace = ns and seen_ms between asked_ms - 3600000 and asked_ms + 3600000
      order by seen_ms desc limit 500) as newest))::text;
end
$$;
