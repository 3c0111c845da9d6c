-- What operators have set for the whole fleet: options of policies, by "<option> <key or glob>", in the row of the namespace,
-- so that a role that could use the tables before may use this too.

-- What is in force: {nowMs, options: {name: {value, by, reason, atMs, untilMs}}}.
create or replace function @schema@.policies_in_force(kept jsonb, now_ms double precision) returns jsonb
language sql immutable as $$
  select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(kept)
    where coalesce((value->>'untilMs')::double precision > now_ms, true)
$$;

create or replace function @schema@.policies(wants integer, ns text) returns text
language plpgsql volatile
set extra_float_digits = 1
as $$
declare
  now_ms double precision := @schema@.clock_ms();
  kept jsonb;
begin
  perform @schema@.check_version(wants);
  select n.policies into kept from @schema@.namespaces as n where n.namespace = ns;
  return jsonb_build_object('nowMs', now_ms, 'options', @schema@.policies_in_force(coalesce(kept, '{}'), now_ms))::text;
end
$$;

-- Sets or takes back options of one key or glob; `changes` has for each option {value}, or null where it is taken back. Logs
-- and tells it as a change of the empty name. Answers as policies(), with the code "ok", or "full", which changes nothing.
create or replace function @schema@.change_policy(
  wants integer, ns text, teller text, pattern text, clears boolean, why text, for_ms double precision, most integer, changes jsonb
) returns text
language plpgsql volatile
set extra_float_digits = 1
set lock_timeout = '500ms'
as $$
declare
  now_ms double precision;
  kept jsonb;
begin
  perform @schema@.check_version(wants);
  perform @schema@.next_seq(ns); -- which locks the row
  now_ms := @schema@.clock_ms();
  select @schema@.policies_in_force(n.policies, now_ms) into kept from @schema@.namespaces as n where n.namespace = ns;
  if clears then
    select coalesce(jsonb_object_agg(key, value), '{}') into kept from jsonb_each(kept)
      where substr(key, strpos(key, ' ') + 1) <> pattern;
  end if;
  select kept - coalesce(array_agg(key || ' ' || pattern), '{}') into kept from jsonb_object_keys(changes) as key;
  select kept || coalesce(jsonb_object_agg(key || ' ' || pattern, jsonb_build_object(
      'value', value->'value', 'by', teller, 'reason', why, 'atMs', now_ms, 'untilMs', now_ms + for_ms)), '{}')
    into kept from jsonb_each(changes) where value <> 'null';
  if (select count(*) from jsonb_object_keys(kept)) > most then
    return jsonb_build_object('code', 'full', 'nowMs', now_ms, 'options', '{}'::jsonb)::text;
  end if;
  update @schema@.namespaces as n set policies = kept, policies_seq = n.seq where n.namespace = ns;
  perform @schema@.tell(ns, '', teller, @schema@.no_record(), now_ms);
  return jsonb_build_object('code', 'ok', 'nowMs', now_ms, 'options', kept)::text;
end
$$;
