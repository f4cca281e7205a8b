-- Included by the scripts of lanes: the way of one room's facts to one endpoint. Needs K.due, K.webhooks
-- (a prefix), and A, the caller's JSON argument.
--- @include time

local A = cjson.decode(ARGV[2])

local function lane_key(id) return K.webhooks .. ':' .. id end
local function pending_key(id) return K.webhooks .. ':' .. id .. ':pending' end
local function dead_key(id) return K.webhooks .. ':' .. id .. ':dead' end

-- When any node is to look at the lane next; 0 for never.
local function wake_at(id, at)
  local member = 'webhook:wake:' .. id
  if at > 0 then redis.call('ZADD', K.due, int(at), member) else redis.call('ZREM', K.due, member) end
end

-- Only who holds the lane may write to it: tokens that were applied never decrease.
local function holds(id, token) return redis.call('HGET', lane_key(id), 'token') == int(token) end

-- Everything that waits for its time may go now. A value is '<due> <first attempt> <attempts> <key>'.
local function pending_rouse(id)
  local all = redis.call('HGETALL', pending_key(id))
  for i = 1, #all, 2 do
    redis.call('HSET', pending_key(id), all[i], '0' .. string.match(all[i + 1], ' .*$'))
  end
end

-- A dead letter gets its days anew. `letter` is its JSON.
local function revive(id, letter)
  local one = cjson.decode(letter)
  redis.call('ZREM', dead_key(id), letter)
  redis.call('HSET', pending_key(id), int(one.n), '0 ' .. int(NOW) .. ' 0 ' .. one.key)
end
