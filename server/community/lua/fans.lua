-- Included by scripts that give points or take them back. Needs K.head, K.events, K.ledger, K.fans, K.fanRules and
-- K.fanBoards.
--- @include kernel
--- @include fan-record
--- @include live

local fan_day = room_day

local DAY_BOARD_MS, SESSION_BOARD_MS = 8 * 86400000, 40 * 86400000
-- Arguments that go with one command.
local AT_ONCE = 2000

-- What fans_save is to write: fans, those of them whose points changed, points by source and day, points taken, levels.
local CHANGED, SCORED, GRANTS, TAKEN, LEVELS = {}, {}, {}, {}, {}
-- Fans whose points this call changed, for whoever tells them.
local TOLD = {}

local function listed(list, fan)
  if list[fan.user] then return end
  list[fan.user] = true
  list[#list + 1] = fan
end

-- To be written by fans_save.
local function fan_change(fan) listed(CHANGED, fan) end

local function fan_score_changed(fan)
  listed(CHANGED, fan)
  listed(SCORED, fan)
  listed(TOLD, fan)
end

local function fan_level_set(fan, level, reason)
  if level == fan.level then return end
  LEVELS[#LEVELS + 1] = { fan = fan, from = fan.level, to = level, points = fan.points, reason = reason }
  fan.level = level
end

local function grant_group(source, day)
  for _, group in ipairs(GRANTS) do
    if group.source == source and group.day == day then return group end
  end
  GRANTS[#GRANTS + 1] = { source = source, day = day, grants = {} }
  return GRANTS[#GRANTS]
end

local function grant_note(fan, source, points)
  local group = grant_group(source, fan.day)
  local grants = group.grants
  if not grants[fan.user] then
    grants[fan.user] = { fan = fan, points = 0 }
    grants[#grants + 1] = grants[fan.user]
  end
  grants[fan.user].points = grants[fan.user].points + points
end

-- Gives points of one source, as far as the cap of the day allows. Returns how many. `fan` is written by fans_save.
-- A record of a later day keeps that day and its caps: a clock that was put back gives no cap twice.
local function fan_award(fan, source, points, days)
  local day = fan_day(days)
  if not day then return 0 end
  if fan.day < day then
    fan.day = day
    for _, each in ipairs(FAN_SOURCES) do fan[each] = 0 end
  end
  local granted = math.min(points, fan_rules()[source].cap - fan[source])
  if granted <= 0 then return 0 end
  fan[source] = fan[source] + granted
  fan.points = fan.points + granted
  fan.litAt = live_days()
  -- Rules that the host changed never take a level away.
  local next_level = fan_rules().thresholds[fan.level + 1]
  if next_level and fan.points >= next_level then fan_level_set(fan, level_for(fan.points), 'points') end
  grant_note(fan, source, granted)
  fan_score_changed(fan)
  return granted
end

-- Takes points of an order back, of the day and the session that they were given in. The level drops by the thresholds
-- that these points cross, not by what the host has made of the rules meanwhile.
local function fan_take(fan, points, order_no, day, session)
  local taken = math.min(points, fan.points)
  if taken <= 0 then return end
  local before = level_for(fan.points)
  fan.points = fan.points - taken
  if fan.day == day then fan.paid = math.max(0, fan.paid - taken) end
  local after = level_for(fan.points)
  fan_level_set(fan, math.max(fan.level - (before - after), math.min(fan.level, after)), 'refund')
  TAKEN[#TAKEN + 1] = { fan = fan, points = taken, orderNo = order_no, day = day, session = session }
  fan_score_changed(fan)
end

local function call_many(command, key, args)
  for from = 1, #args, AT_ONCE do
    redis.call(command, key, unpack(args, from, math.min(#args, from + AT_ONCE - 1)))
  end
end

local function board_key(board) return K.fanBoards .. ':' .. board end

-- Sets the points of fans on a board; whoever has none is not on it.
local function board_set(board, fans, points_of)
  local scores, gone = {}, {}
  for _, fan in ipairs(fans) do
    local points = points_of(fan)
    if points > 0 then
      scores[#scores + 1] = int(points)
      scores[#scores + 1] = fan.user
    else
      gone[#gone + 1] = fan.user
    end
  end
  call_many('ZADD', board_key(board), scores)
  call_many('ZREM', board_key(board), gone)
end

-- Adds to a board what was granted; of many in two steps.
local function board_add(board, grants)
  for from = 1, #grants, AT_ONCE do
    local users, scores = {}, {}
    for i = from, math.min(#grants, from + AT_ONCE - 1) do users[#users + 1] = grants[i].fan.user end
    local had = redis.call('ZMSCORE', board_key(board), unpack(users))
    for i, user in ipairs(users) do
      scores[2 * i - 1] = int((tonumber(had[i] or 0)) + grants[from + i - 1].points)
      scores[2 * i] = user
    end
    call_many('ZADD', board_key(board), scores)
  end
end

local function board_take(board, user, points)
  local left = redis.call('ZADD', board_key(board), 'XX', 'INCR', int(-points), user)
  if left and tonumber(left) <= 0 then redis.call('ZREM', board_key(board), user) end
end

local function boards_save()
  board_set('all', SCORED, function(fan) return fan.points end)
  local session = live_read().id
  local by_day = {}
  for _, group in ipairs(GRANTS) do
    local fans = by_day[group.day] or {}
    by_day[group.day] = fans
    for _, grant in ipairs(group.grants) do listed(fans, grant.fan) end
    if session ~= '' then board_add('session:' .. session, group.grants) end
  end
  for _, taken in ipairs(TAKEN) do
    if taken.fan.day == taken.day then
      board_set('day:' .. int(taken.day), { taken.fan }, fan_earned)
    else
      board_take('day:' .. int(taken.day), taken.fan.user, taken.points)
    end
    if taken.session ~= '' then board_take('session:' .. taken.session, taken.fan.user, taken.points) end
  end
  for day, fans in pairs(by_day) do
    board_set('day:' .. int(day), fans, fan_earned)
    redis.call('PEXPIRE', board_key('day:' .. int(day)), DAY_BOARD_MS)
  end
  if #GRANTS > 0 and session ~= '' then
    redis.call('PEXPIRE', board_key('session:' .. session), SESSION_BOARD_MS)
    redis.call('HSET', K.head, 'boardSession', session)
  end
end

local function level_tell(change, actor, op_id)
  local fan = change.fan
  fact('fan-level-changed', actor, op_id, '{"userId":"' .. fan.user .. '","from":' .. int(change.from) .. ',"to":'
    .. int(change.to) .. ',"points":' .. int(change.points) .. ',"reason":"' .. change.reason .. '"}')
  if change.to < change.from then return end
  emit('fan-badges:level-up', '{"userId":"' .. fan.user .. '","name":' .. cjson.encode(fan.name) .. ',"level":'
    .. int(change.to) .. '}')
end

-- Writes the fans that were changed, their boards and the facts; the last step of a script. One fact a source and day.
-- Returns [user, level, points] of each fan whose points this call changed, as a JSON list, for whoever tells them.
local function fans_save(actor, op_id)
  local values = {}
  for _, fan in ipairs(CHANGED) do
    values[#values + 1] = fan.user
    values[#values + 1] = fan_format(fan)
  end
  call_many('HSET', K.fans, values)
  boards_save()
  for _, group in ipairs(GRANTS) do
    local parts = {}
    for i, grant in ipairs(group.grants) do parts[i] = '["' .. grant.fan.user .. '",' .. int(grant.points) .. ']' end
    fact('points-earned', actor, op_id, '{"source":"' .. group.source .. '","day":' .. int(group.day) .. ',"grants":['
      .. table.concat(parts, ',') .. ']}')
  end
  for _, taken in ipairs(TAKEN) do
    fact('points-taken', actor, op_id, '{"userId":"' .. taken.fan.user .. '","points":' .. int(taken.points)
      .. ',"orderNo":' .. int(taken.orderNo) .. '}')
  end
  for _, change in ipairs(LEVELS) do level_tell(change, actor, op_id) end
  CHANGED, SCORED, GRANTS, TAKEN, LEVELS = {}, {}, {}, {}, {}
  local told = {}
  for i, fan in ipairs(TOLD) do told[i] = '["' .. fan.user .. '",' .. int(fan.level) .. ',' .. int(fan.points) .. ']' end
  return '[' .. table.concat(told, ',') .. ']'
end
