--- count: adds what a node has counted in a room to the minutes of a day, and notes who came and what they are called.
--- KEYS head presence minutes showVisitors buyerNames
--- ARGV nowMs args
--- Returns seq up to which messages are counted, '' when none ever were
--- @include time
-- args: { day, rows [[minute, most viewers or -1, messages, grabs]], said { after, upTo, rows [[minute, messages]] } or none,
-- visitors [[session or '' for the one that runs, who]], names[] (user, name, …), minutesKeptMs, namesKeptMs, lateMinutes }.
local a = cjson.decode(ARGV[2])
local MINUTE_MS = 60000
local this_minute = math.floor(NOW / MINUTE_MS)

local changed = {}
local function row_of(minute)
  if changed[minute] then return changed[minute] end
  local value = redis.call('HGET', K.minutes, int(minute))
  local viewers, messages, grabs = string.match(value or '-1 0 0', '^(%-?%d+) (%d+) (%d+)$')
  changed[minute] = { tonumber(viewers), tonumber(messages), tonumber(grabs) }
  return changed[minute]
end
-- Readers have read on from minutes that are long over: what comes as late as that is lost.
local function open(minute) return minute >= this_minute - a.lateMinutes end

for _, row in ipairs(a.rows) do
  if open(row[1]) then
    local sum = row_of(row[1])
    sum[1] = math.max(sum[1], row[2])
    sum[2], sum[3] = sum[2] + row[3], sum[3] + row[4]
  end
end
-- Every node hears every message: each is counted by whoever comes first with what follows on the last that was counted.
local counted = redis.call('HGET', K.head, 'saidSeq') or ''
if a.said and counted == a.said.after then
  for _, row in ipairs(a.said.rows) do
    if open(row[1]) then
      local sum = row_of(row[1])
      sum[2] = sum[2] + row[2]
    end
  end
  counted = int(a.said.upTo)
  redis.call('HSET', K.head, 'saidSeq', counted)
end
if math.floor(NOW / 86400000) == a.day then
  local now_row = row_of(this_minute)
  now_row[1] = math.max(now_row[1], redis.call('HLEN', K.presence))
end
for minute, row in pairs(changed) do
  redis.call('HSET', K.minutes, int(minute), int(row[1]) .. ' ' .. int(row[2]) .. ' ' .. int(row[3]))
end
redis.call('PEXPIRE', K.minutes, a.minutesKeptMs)

-- A show may be over by the time that its last visitors are told of.
local running = redis.call('HGET', K.head, 'sessionId')
local came = {}
for _, visitor in ipairs(a.visitors) do
  local session = visitor[1] ~= '' and visitor[1] or running
  if session then
    came[session] = came[session] or {}
    table.insert(came[session], visitor[2])
  end
end
for session, visitors in pairs(came) do
  local key = K.showVisitors .. ':' .. session
  redis.call('PFADD', key, unpack(visitors))
  redis.call('PEXPIRE', key, a.minutesKeptMs)
end
if #a.names > 0 then
  redis.call('HSET', K.buyerNames, unpack(a.names))
  redis.call('PEXPIRE', K.buyerNames, a.namesKeptMs)
end
return counted
