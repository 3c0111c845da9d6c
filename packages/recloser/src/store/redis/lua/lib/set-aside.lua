-- @include constants
-- What somebody else has written under a key of ours: kept beside it for a week, so that ours can begin anew.

-- Whether a command was refused for what is under its key; any other refusal (of the user, of memory) is an error still.
local function is_foreign(answer)
  if type(answer) ~= "table" or answer.err == nil then
    return false
  end
  for _, words in ipairs({ "^WRONGTYPE", "not an integer", "overflow" }) do
    if string.find(answer.err, words) then
      return true
    end
  end
  error(answer)
end

local function set_aside(key, beside)
  redis.call("RENAME", key, beside)
  redis.call("PEXPIRE", beside, QUARANTINE_MS)
end
