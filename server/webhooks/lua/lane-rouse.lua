--- lane-rouse: makes a lane be looked at now; with dead letters sent anew, or what waits no longer waiting.
--- KEYS due webhooks
--- ARGV nowMs args
--- Returns how many dead letters it will send, -1 when there is no such lane
--- @include lane
-- args: { id, n, all }. n: one dead letter, 0 for none; all: all that there are, as there is place for them.
local lane = lane_key(A.id)
if redis.call('EXISTS', lane) == 0 then return -1 end
local count = 0
if A.n > 0 then
  local letter = redis.call('ZRANGEBYSCORE', dead_key(A.id), int(A.n), int(A.n))[1]
  if not letter then return 0 end
  revive(A.id, letter)
  count = 1
elseif A.all then
  local last = redis.call('ZRANGE', dead_key(A.id), -1, -1, 'WITHSCORES')[2]
  if not last then return 0 end
  count = redis.call('ZCARD', dead_key(A.id))
  redis.call('HSET', lane, 'refillTo', int(tonumber(last)))
else
  pending_rouse(A.id)
end
-- Who holds the lane does not know of this; it finds out when it gives the lane back.
redis.call('HSET', lane, 'roused', '1', 'wake', int(NOW))
if tonumber(redis.call('HGET', lane, 'lease') or 0) <= NOW then wake_at(A.id, NOW) end
return count
