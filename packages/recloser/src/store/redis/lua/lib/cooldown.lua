-- @include constants
-- The ladder of cooldowns and holds. See cooldown.ts.

local function rung_ms(ladder, step)
  local ms = ladder.initialMs
  if ladder.factor ~= 1 then
    for _ = 2, step do
      if ms >= ladder.maxMs then
        break
      end
      ms = ms * ladder.factor
    end
  end
  return math.min(ladder.maxMs, ms)
end

local function cooldown_of(ladder, step, random)
  return math.min(ladder.maxMs, rung_ms(ladder, step) * (1 + ladder.jitter * random))
end

local function open_period_ms(cooldown, hint)
  return math.max(cooldown, math.min(hint or 0, HINT_ON_COOLDOWN_MAX_MS))
end

local function trip_step(facts, now)
  if facts.closed == nil then
    return facts.step + 1
  end
  local reset = math.max(LADDER_RESET_MS, 2 * facts.cooldown)
  return now - facts.closed >= reset and 1 or facts.step + 1
end
