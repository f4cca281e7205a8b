--- presence-sync: notes who came to and left one node, forgets nodes that are silent, and tells the room.
--- KEYS head events presence nodes mine followers watch
--- ARGV nowMs args
--- Returns viewers, seq of the last event, 1 when the node's users here are not those it has, what is left to do (1 anything, 2 of a rebuild)
--- @include kernel
--- @include watch
-- args: { node, join[], leave[], rebuild, size (users of the node after this call), nodeTtlMs, intervalMs, keyTtlMs }.
-- presence counts the nodes that a user is on; 'mine' is the set of this node's users.
local a = cjson.decode(ARGV[2])
local CHUNK = 500

for _, user in ipairs(a.join) do
  if redis.call('SADD', K.mine, user) == 1 and redis.call('HINCRBY', K.presence, user, 1) == 1 then watch_arrive(user) end
end
-- `at_ms`: when they were last known to be here.
local function forget(user, at_ms)
  if redis.call('HINCRBY', K.presence, user, -1) > 0 then return end
  redis.call('HDEL', K.presence, user)
  watch_depart(user, at_ms)
end
for _, user in ipairs(a.leave) do
  if redis.call('SREM', K.mine, user) == 1 then forget(user, NOW) end
end
local more = 0
if a.rebuild then
  local users = redis.call('SPOP', K.mine, CHUNK)
  for _, user in ipairs(users) do forget(user, NOW) end
  if #users == CHUNK then more = 2 end
end
local resync = 0
if redis.call('SCARD', K.mine) ~= a.size then resync = 1 end
if a.size == 0 then
  redis.call('ZREM', K.nodes, a.node)
else
  redis.call('ZADD', K.nodes, NOW, a.node)
  redis.call('PEXPIRE', K.mine, a.keyTtlMs)
end

-- A silent node's users, a chunk a call. Its set lies beside ours: same slot, same prefix.
local silent, heard_ms = unpack(redis.call('ZRANGEBYSCORE', K.nodes, '-inf', NOW - a.nodeTtlMs, 'WITHSCORES', 'LIMIT', 0, 1))
if silent then
  local theirs = string.sub(K.mine, 1, #K.mine - #a.node) .. silent
  local users = redis.call('SPOP', theirs, CHUNK)
  for _, user in ipairs(users) do forget(user, tonumber(heard_ms)) end
  if #users < CHUNK then redis.call('ZREM', K.nodes, silent) end
  if more == 0 then more = 1 end
end

local viewers = redis.call('HLEN', K.presence)
local followers = redis.call('ZCARD', K.followers)
local told = redis.call('HMGET', K.head, 'viewers', 'viewersAtMs', 'followers')
if viewers ~= tonumber(told[1] or '0') or followers ~= tonumber(told[3] or '0') then
  if NOW - tonumber(told[2] or '0') >= a.intervalMs then
    redis.call('HSET', K.head, 'viewers', viewers, 'viewersAtMs', int(NOW), 'followers', followers)
    emit('room:presence-changed', '{"viewers":' .. viewers .. ',"followers":' .. followers .. '}')
  elseif more == 0 then
    more = 1
  end
end
redis.call('PEXPIRE', K.presence, a.keyTtlMs)
redis.call('PEXPIRE', K.nodes, a.keyTtlMs)
return { viewers, tonumber(redis.call('HGET', K.head, 'seq') or '0'), resync, more }
