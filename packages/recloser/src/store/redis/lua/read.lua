-- @include record
-- Records as they are. Writes nothing, and takes what cannot be read for nothing.
-- KEYS the records
-- Returns server ms, then of each record its fields and values.

local found = { digits(clock_ms()) }
for _, key in ipairs(KEYS) do
  local raw = load_record(key)
  found[#found + 1] = flat_of(raw)
end
return found
