-- The ladder of cooldowns and holds. See cooldown.ts.

-- By multiplication, as there: the last digit of a library's power may differ.
create or replace function @schema@.power_of(base double precision, exponent double precision) returns double precision
language plpgsql immutable as $$
declare
  result double precision := 1;
  square double precision := base;
  remaining double precision := exponent;
begin
  while remaining >= 1 loop
    if remaining - 2 * floor(remaining / 2) = 1 then
      result := result * square;
    end if;
    remaining := floor(remaining / 2);
    if remaining >= 1 then
      square := square * square;
    end if;
  end loop;
  return result;
exception when numeric_value_out_of_range then
  return 'Infinity';
end
$$;

create or replace function @schema@.rung_ms(ladder jsonb, step double precision) returns double precision
language plpgsql immutable as $$
declare
  factor double precision := @schema@.power_of((ladder->>'factor')::double precision, step - 1);
  most double precision := (ladder->>'maxMs')::double precision;
begin
  -- Beyond what a number holds a product is an error here, and the most there.
  return least(most, (ladder->>'initialMs')::double precision * factor);
exception when numeric_value_out_of_range then
  return most;
end
$$;

-- The step of a trip: the first again after being closed long enough, else one up.
create or replace function @schema@.trip_step(f jsonb, now_ms double precision) returns double precision
language plpgsql immutable as $$
declare
  step double precision := (f->>'step')::double precision;
  closed_at double precision := (f->>'closedAtMs')::double precision;
  reset_ms double precision := greatest(60000, 2 * (f->>'cooldownMs')::double precision); -- LADDER_RESET_MS
begin
  return case when closed_at is not null and now_ms - closed_at >= reset_ms then 1 else step + 1 end;
end
$$;
