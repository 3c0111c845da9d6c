-- The server's clock, epoch milliseconds. Read once per operation, when the record is locked.
create or replace function @schema@.clock_ms() returns double precision
language sql volatile as $$
  select extract(epoch from clock_timestamp())::double precision * 1000
$$;
