-- What replicas tell of themselves, for whoever looks at a fleet: nothing is decided by it. Each table is bounded by a number
-- of rows for each namespace, and by an age that is counted in both directions, so that a clock that jumps leaves nothing behind.
-- Their version is their own: a schema without them, or with others, shares circuits all the same.

-- What happened: `event` is JSON as it was told, `told` the order in which it came, which no clock changes.
create table if not exists @schema@.history_events (
  namespace text not null,
  replica text not null,
  id text not null,
  told bigint generated always as identity,
  at_ms double precision not null,
  is_override boolean not null,
  event text not null,
  primary key (namespace, replica, id)
);
create index if not exists history_events_by_turn on @schema@.history_events (namespace, told);
create index if not exists history_overrides_by_turn on @schema@.history_events (namespace, told) where is_override;
create index if not exists history_events_by_time on @schema@.history_events (at_ms);

-- An hour of a breaker, over all replicas: of each minute that had any, {minute: [calls, failures, rejected]}. Room is left in
-- each page for its sixty updates.
create table if not exists @schema@.history_hours (
  namespace text not null,
  name text not null,
  hour bigint not null,
  minutes jsonb not null,
  primary key (namespace, name, hour)
) with (fillfactor = 50);
create index if not exists history_hours_by_turn on @schema@.history_hours (namespace, hour);
create index if not exists history_hours_by_time on @schema@.history_hours (hour);

-- What each replica said last. Lost in a crash of the server: each says it again within seconds.
create unlogged table if not exists @schema@.history_replicas (
  namespace text not null,
  id text not null,
  report text not null,
  seen_ms double precision not null,
  primary key (namespace, id)
) with (fillfactor = 50);
