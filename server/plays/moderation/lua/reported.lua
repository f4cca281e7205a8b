-- Included by scripts that report messages or take them back. Needs K.reported: what was reported and is not dealt with,
-- message id → '<ms of the last report>\n<reporters>\n<the last reports as JSON>\n<the message>'.
--- @include time

local function reported_parts(entry) return string.match(entry, '^(%d+)\n(%d+)\n(.-)\n(.*)$') end

-- Notes one more report. `limits`: { reported, last, keptMs }; of more messages those go that were reported longest ago.
local function reported_add(message_id, message, reports, report, limits)
  local known = redis.call('HGET', K.reported, message_id)
  local last = {}
  if known then
    local _, _, before = reported_parts(known)
    last = cjson.decode(before)
  end
  last[#last + 1] = report
  while #last > limits.last do table.remove(last, 1) end
  redis.call('HSET', K.reported, message_id,
    int(NOW) .. '\n' .. int(reports) .. '\n' .. cjson.encode(last) .. '\n' .. message)
  redis.call('PEXPIRE', K.reported, limits.keptMs)
  if redis.call('HLEN', K.reported) <= limits.reported then return end
  local oldest, oldest_ms
  local all = redis.call('HGETALL', K.reported)
  for i = 1, #all, 2 do
    local at_ms = tonumber((reported_parts(all[i + 1])))
    if not oldest_ms or at_ms < oldest_ms then oldest, oldest_ms = all[i], at_ms end
  end
  redis.call('HDEL', K.reported, oldest)
end

-- Somebody has dealt with these messages.
local function reported_settle(message_ids)
  if #message_ids > 0 then redis.call('HDEL', K.reported, unpack(message_ids)) end
end

-- And with all that these users wrote, also where it has left the history. `users`: user id → true.
local function reported_settle_of(users)
  local all, ids = redis.call('HGETALL', K.reported), {}
  for i = 1, #all, 2 do
    local _, _, _, message = reported_parts(all[i + 1])
    if users[string.match(message, '^{"messageId":"[%w_-]+","userId":"([^"]+)"')] then ids[#ids + 1] = all[i] end
  end
  reported_settle(ids)
end
