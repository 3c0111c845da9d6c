-- What wrk sends, and what it says at its end. Arguments after `--`: the file of requests, one JSON body a line, sent in turn;
-- then headers as "name: value".

local made = {}
local turn = 0

function init(args)
  for at = 2, #args do
    local name, value = args[at]:match("^([^:]+): (.*)$")
    wrk.headers[name] = value
  end
  wrk.headers["content-type"] = "application/json"
  for body in io.lines(args[1]) do
    made[#made + 1] = wrk.format("POST", nil, nil, body)
  end
end

function request()
  turn = turn % #made + 1
  return made[turn]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'result {"requests":%d,"durationUs":%d,"p50Us":%d,"p99Us":%d,"bytes":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), summary.bytes,
    e.status, e.connect + e.read + e.write + e.timeout))
end
