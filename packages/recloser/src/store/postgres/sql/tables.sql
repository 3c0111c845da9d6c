-- The tables. One row per record; what is not a record is soft, and may be lost with the server.

-- A record. `facts` is what state.ts calls Facts, but evidence is what its words are made of. `seq` is the namespace's
-- number of its last change, `expires_at` the end of a record that nothing happens to. Room is left in each page, so that
-- an update that is no change stays in it.
create table if not exists @schema@.records (
  namespace text not null,
  name text not null,
  facts jsonb not null,
  seq bigint not null,
  expires_at timestamptz,
  primary key (namespace, name)
) with (fillfactor = 50);
create index if not exists records_by_change on @schema@.records (namespace, seq);
create index if not exists records_by_end on @schema@.records (expires_at);

-- The log of changes: which life of it this is, and its last number. Its row is locked until the change is committed, so
-- that whoever reads a number has seen all before it.
create table if not exists @schema@.namespaces (
  namespace text primary key,
  life double precision not null,
  seq bigint not null
);
-- What operators have set for the whole fleet (policies.sql), and the number of the last change of that. A column, since a
-- new table would need a new right.
alter table @schema@.namespaces add column if not exists policies jsonb not null default '{}';
alter table @schema@.namespaces add column if not exists policies_seq bigint not null default 0;

-- Reports that came, until none of them can come again. Lost in a crash, which a report outlives by two seconds at most.
create unlogged table if not exists @schema@.reports (
  namespace text not null,
  id text not null,
  until timestamptz not null,
  primary key (namespace, id)
);
create index if not exists reports_by_end on @schema@.reports (until);

-- What stood where a record belongs and was none, for a week.
create table if not exists @schema@.set_aside (
  namespace text not null,
  name text not null,
  facts jsonb,
  at timestamptz not null
);

-- Written by a ping: a server that can only be read is not back.
create unlogged table if not exists @schema@.pings (
  namespace text primary key,
  at timestamptz not null
);
