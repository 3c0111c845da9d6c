-- @include clock
-- @include set-aside
-- What operators have set for the whole fleet. Writes nothing; what somebody else has put there is as none.
-- KEYS[1] the fleet's policies, as change-policy.lua writes them
-- Returns server ms, then field and text of each, also of those whose time is over.

local found = redis.pcall("HGETALL", KEYS[1])
return { digits(clock_ms()), unpack(is_foreign(found) and {} or found) }
