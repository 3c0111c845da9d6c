-- The server's clock, epoch milliseconds. Read once per script: on Redis before 7.2 it runs on inside one.
local function clock_ms()
  local time = redis.call("TIME")
  return tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
end

-- All 17 digits: an instant that was written is read again as the same number, here and by a client.
local function digits(number)
  return string.format("%.17g", number)
end
