--- due-announce: notes that a room has something due at a time, or earlier.
--- KEYS index generations counter
--- ARGV room atMs
--- Returns 1
-- The generation lets a poller see that a room was announced while it looked at the room's queue.
local generation = redis.call('INCR', K.counter)
redis.call('HSET', K.generations, ARGV[1], generation)
redis.call('ZADD', K.index, 'LT', ARGV[2], ARGV[1])
return 1
