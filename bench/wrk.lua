-- Sends requests that were written beforehand, in turn: a file of them, each after
-- its length in eight digits.  Prints one line of figures, times in microseconds.

local requests, turn = {}, 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  while true do
    local length = file:read(8)
    if not length then break end
    requests[#requests + 1] = file:read(tonumber(length))
  end
  file:close()
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency, _)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("FIGURES %d %d %d %d %d %d\n", summary.requests,
    errors.status, broken, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
