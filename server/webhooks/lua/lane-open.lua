--- lane-open: marks from where on an endpoint gets the facts of a room.
--- KEYS head due webhooks
--- ARGV nowMs args
--- Returns the cursor
--- @include lane
-- args: { id, fromStart, again }. again: the room is wanted anew, from now on; what waited is let go.
local lane = lane_key(A.id)
local cursor = A.fromStart and 0 or tonumber(redis.call('HGET', K.head, 'fact') or 0)
if A.again then
  redis.call('DEL', pending_key(A.id))
  -- A holder from before must not write its cursor over this one.
  redis.call('HINCRBY', lane, 'token', 1)
  redis.call('HSET', lane, 'cursor', int(cursor), 'lease', 0, 'wake', 0, 'blocked', 0)
  redis.call('HDEL', lane, 'failing', 'probes', 'downSince')
  wake_at(A.id, 0)
else
  redis.call('HSETNX', lane, 'cursor', int(cursor))
end
return redis.call('HGET', lane, 'cursor')
