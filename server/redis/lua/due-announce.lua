--- due-announce: notes that a room will have something due, so many ms from now or later.
--- KEYS index generations counter
--- ARGV nowMs room inMs
--- Returns 1
-- The generation lets a poller see that a room was announced while it looked at the room's queue; the time
-- with it, that the script which sets the deadline may not have run yet.
local now = tonumber(ARGV[1])
if not now then
  local t = redis.call('TIME')
  now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end
local generation = redis.call('INCR', K.counter)
redis.call('HSET', K.generations, ARGV[2], string.format('%.0f %.0f', generation, now))
redis.call('ZADD', K.index, 'LT', string.format('%.0f', now + tonumber(ARGV[3])), ARGV[2])
return 1
