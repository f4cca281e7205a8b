--- me: what a user's membership is, how long they watched, and their places on the boards.
--- KEYS head watch fans fanRules fanBoards invites keeperAsks
--- ARGV nowMs args
--- Returns JSON as the contract has it
--- @include boards
--- @include fan-record
--- @include watch
-- args: { user, days }.
local a = cjson.decode(ARGV[2])

local function fan_json(fan)
  if not fan then return 'null' end
  local today = {}
  for i, source in ipairs(FAN_SOURCES) do
    today[i] = '"' .. source .. '":' .. int(fan.day >= (room_day(a.days) or 0) and fan[source] or 0)
  end
  return '{"level":' .. int(fan.level) .. ',"points":' .. int(fan.points) .. ',"lit":' .. (fan_lit(fan) and 'true' or 'false')
    .. ',"today":{' .. table.concat(today, ',') .. '},"joinedAtMs":' .. int(fan.joinedAtMs) .. '}'
end

local function ask_json()
  local until_ms, shift = string.match(redis.call('HGET', K.keeperAsks, a.user) or '', '^(%d+) (%d+)')
  if not until_ms or NOW >= tonumber(until_ms) then return 'null' end
  return '{"untilMs":' .. until_ms .. ',"shiftMs":' .. shift .. '}'
end

local ranks = {}
for i, board in ipairs({ 'day', 'session', 'all' }) do
  local rank = redis.call('ZREVRANK', board_of(board, a.days), a.user)
  ranks[i] = '"' .. board .. '":' .. (rank and int(rank + 1) or 'null')
end
local ends = NOW < a.days.endsAtMs and a.days.endsAtMs or a.days.tomorrowEndsAtMs
return '{"fan":' .. fan_json(fan_read(a.user)) .. ',"keeperAsk":' .. ask_json() .. ',"invites":'
  .. (redis.call('HGET', K.invites, a.user) or '0') .. ',"dayEndsAtMs":' .. int(ends) .. ',"watchedMs":'
  .. int((watch_now(a.user))) .. ',"ranks":{' .. table.concat(ranks, ',') .. '}}'
