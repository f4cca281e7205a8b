--- due-announce: notes that a room will have something due, so many ms from now or later.
--- KEYS index generations counter
--- ARGV nowMs room inMs
--- Returns 1
--- @include time
-- The generation lets a poller see that a room was announced while it looked at the room's queue; the time
-- with it, that the script which sets the deadline may not have run yet.
local generation = redis.call('INCR', K.counter)
redis.call('HSET', K.generations, ARGV[2], int(generation) .. ' ' .. int(NOW))
redis.call('ZADD', K.index, 'LT', int(NOW + tonumber(ARGV[3])), ARGV[2])
return 1
