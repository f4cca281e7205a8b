--- give: adds a batch of hearts to those of the running show, and tells the room how many it has, once in a while.
--- KEYS head events due sanctions hearts
--- ARGV nowMs gifts everyMs
--- Returns { total, ms until a total can be told that is still untold, -1 where all is told, one code a gift }: 0 done, 3 banned, 10 no session is running
--- @include kernel
--- @include standing
-- gifts: [[user, hearts]] as JSON; none: only tells. K.hearts: no (of the show), total, told, toldAtMs.
-- While a total is untold, a member of the due queue stands for it: a node that dies leaves none behind.
local MEMBER = 'hearts:tell:'
local gifts, every_ms = cjson.decode(ARGV[2]), tonumber(ARGV[3])
local head = redis.call('HMGET', K.head, 'sessionId', 'sessionNo')
local is_live, no = head[1] ~= false, head[2] or '0'
local kept = redis.call('HMGET', K.hearts, 'no', 'total', 'told', 'toldAtMs')
local is_same = kept[1] == no
local total = is_same and tonumber(kept[2]) or 0
local told = is_same and tonumber(kept[3]) or 0
local told_at_ms = tonumber(kept[4] or '0')

local codes, added = {}, 0
if #gifts > 0 then
  local fields = {}
  for i, gift in ipairs(gifts) do fields[i] = 'b ' .. gift[1] end
  local bans = redis.call('HMGET', K.sanctions, unpack(fields))
  for i, gift in ipairs(gifts) do
    if in_force(bans[i]) then
      codes[i] = 3
    elseif not is_live then
      codes[i] = 10
    else
      codes[i] = 0
      added = added + gift[2]
    end
  end
end
if added > 0 then
  total = total + added
  redis.call('HSET', K.hearts, 'no', no, 'total', int(total), 'told', int(told))
end

local wait_ms = -1
if total ~= told then
  -- A clock that was put back keeps nobody waiting.
  local left_ms = told_at_ms <= NOW and told_at_ms + every_ms - NOW or 0
  if left_ms <= 0 then
    emit('hearts:counted', '{"total":' .. int(total) .. '}')
    redis.call('HSET', K.hearts, 'told', int(total), 'toldAtMs', int(NOW))
    redis.call('ZREM', K.due, MEMBER)
  else
    wait_ms = left_ms
    redis.call('ZADD', K.due, int(NOW + left_ms), MEMBER)
  end
elseif #gifts == 0 then
  -- Somebody else has told it, or the next show has begun.
  redis.call('ZREM', K.due, MEMBER)
end
return { total, wait_ms, codes }
