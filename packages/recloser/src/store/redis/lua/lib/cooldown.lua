-- @include constants
-- The ladder of cooldowns and holds. See cooldown.ts.

-- By multiplication, as there: the last digit of a library's power may differ.
local function power(base, exponent)
  local result, square, left = 1, base, exponent
  while left >= 1 do
    if left % 2 == 1 then
      result = result * square
    end
    square = square * square
    left = math.floor(left / 2)
  end
  return result
end

local function rung_ms(ladder, step)
  return math.min(ladder.maxMs, ladder.initialMs * power(ladder.factor, step - 1))
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
