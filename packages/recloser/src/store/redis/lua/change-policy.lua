-- @include args
-- @include clock
-- @include change-log
-- Sets or takes back options for the whole fleet, and logs and tells it as a change of the empty name.
-- KEYS[1] the fleet's policies: a field for each option, "<option> <key or glob>", with "<since ms> <until ms or -> <JSON>"
-- KEYS[2] the log of changes   KEYS[3] the log's life and sequence
-- ARGV[1] key or glob   ARGV[2] who   ARGV[3] channel   ARGV[4] "1" if all that was set for it is taken back first
-- ARGV[5] for how many ms, "" without an end   ARGV[6] how many options there may be
-- ARGV[7] JSON: { option, text } in turn, without a text where it is taken back
-- Returns "ok" or "full", which changes nothing, server ms, flags, then field and text of each as it is now.
-- Flags: "p" a push was refused; "c", "l", "o" somebody else's was under KEYS[2], KEYS[3], KEYS[1] and is beside it now,
-- with ":q" behind its name.

local pattern, now = ARGV[1], clock_ms()
local flags = ""
local raw = redis.pcall("HGETALL", KEYS[1])
if is_foreign(raw) then
  set_aside(KEYS[1], KEYS[1] .. ":q")
  flags, raw = "o", {}
end

local present, count, gone = {}, 0, {}
for at = 1, #raw, 2 do
  local field, text = raw[at], raw[at + 1]
  local space = string.find(field, " ", 1, true)
  local untl = tonumber((string.match(text, "^%S+ (%S+)")))
  local is_own = space and string.sub(field, space + 1) == pattern
  if not space or (untl and untl <= now) or (is_own and ARGV[4] == "1") then
    gone[#gone + 1] = field
  else
    present[field], count = text, count + 1
  end
end

local times = digits(now) .. " " .. (ARGV[5] == "" and "-" or digits(now + tonumber(ARGV[5]))) .. " "
local set = {}
for _, change in ipairs(json(ARGV[7])) do
  local field, text = change[1] .. " " .. pattern, change[2]
  if present[field] then
    count = count - 1
  end
  if text then
    count, present[field] = count + 1, times .. text
    set[#set + 1] = field
  else
    present[field] = nil
    gone[#gone + 1] = field
  end
end
if count > tonumber(ARGV[6]) then
  return { "full", digits(now), flags }
end

for _, field in ipairs(gone) do
  redis.call("HDEL", KEYS[1], field)
end
for _, field in ipairs(set) do
  redis.call("HSET", KEYS[1], field, present[field])
end
flags = flags .. log_change("", now)
if ARGV[3] ~= "" then
  local hint = cjson.encode({ name = "", by = ARGV[2], now = digits(now), fields = {} })
  local sent = redis.pcall("PUBLISH", ARGV[3], hint)
  if type(sent) == "table" and sent.err then
    flags = flags .. "p"
  end
end
local answer = { "ok", digits(now), flags }
for field, text in pairs(present) do
  answer[#answer + 1] = field
  answer[#answer + 1] = text
end
return answer
