-- What is asked of the store beside operations. None of it writes, but a ping.

create or replace function @schema@.check_version(wants integer) returns void
language plpgsql immutable as $$
begin
  if wants <> @version@ then
    raise exception 'the schema @schema@ is of version @version@, and this process speaks version %', wants
      using errcode = 'RC001';
  end if;
end
$$;

-- {nowMs, records: [[name, facts]]}; what cannot be read is left out.
create or replace function @schema@.read(wants integer, ns text, names text[]) returns text
language plpgsql stable
set extra_float_digits = 1
as $$
declare
  -- When it was asked: what has changed since is not seen.
  asked_ms double precision := extract(epoch from statement_timestamp())::double precision * 1000;
begin
  perform @schema@.check_version(wants);
  return jsonb_build_object('nowMs', asked_ms, 'records', (
    select coalesce(jsonb_agg(jsonb_build_array(r.name, r.facts)), '[]') from @schema@.records as r
    where r.namespace = ns and r.name = any(names) and (r.expires_at is null or r.expires_at > clock_timestamp())
      and @schema@.is_readable(r.facts)))::text;
end
$$;

-- {life, seq, complete, names}: what changed since a cursor. Its number is read before its names, so that none is missed.
create or replace function @schema@.changes(wants integer, ns text, cursor_life text, cursor_seq bigint) returns text
language plpgsql volatile
set extra_float_digits = 1
as $$
declare
  n record;
  names jsonb;
begin
  perform @schema@.check_version(wants);
  select life::text as life, seq, policies_seq into n from @schema@.namespaces where namespace = ns;
  if not found then
    select '0'::text as life, 0::bigint as seq, 0::bigint as policies_seq into n;
  end if;
  if cursor_life is null then
    return jsonb_build_object('life', n.life, 'seq', n.seq, 'complete', true, 'names', '[]'::jsonb)::text;
  end if;
  if cursor_life <> n.life or cursor_seq > n.seq or n.seq - cursor_seq > 4096 then -- LOG_LENGTH
    return jsonb_build_object('life', n.life, 'seq', n.seq, 'complete', false, 'names', '[]'::jsonb)::text;
  end if;
  select coalesce(jsonb_agg(r.name order by r.seq), '[]') into names from @schema@.records as r
    where r.namespace = ns and r.seq > cursor_seq;
  if n.policies_seq > cursor_seq then
    names := names || '""'::jsonb; -- the fleet's policies: no record is called so
  end if;
  return jsonb_build_object('life', n.life, 'seq', n.seq, 'complete', true, 'names', names)::text;
end
$$;

create or replace function @schema@.names(wants integer, ns text, skipped integer, most integer) returns text
language plpgsql stable as $$
begin
  perform @schema@.check_version(wants);
  return (select coalesce(jsonb_agg(name order by name), '[]')::text from (
    select r.name from @schema@.records as r
    where r.namespace = ns and (r.expires_at is null or r.expires_at > clock_timestamp())
    order by r.name offset skipped limit most) as page);
end
$$;

create or replace function @schema@.ping(wants integer, ns text) returns boolean
language plpgsql volatile
set lock_timeout = '500ms'
as $$
begin
  perform @schema@.check_version(wants);
  perform set_config('synchronous_commit', 'off', true);
  insert into @schema@.pings as p (namespace, at) values (ns, clock_timestamp())
    on conflict (namespace) do update set at = excluded.at;
  return true;
end
$$;
