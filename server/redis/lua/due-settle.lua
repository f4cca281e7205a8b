--- due-settle: says when to look at a room again, unless it was announced anew meanwhile.
--- KEYS index generations
--- ARGV nowMs room generation nextMs graceMs
--- Returns 1 when settled, 0 when the room will be looked at again once its lease ends
--- @include time
-- nextMs '' means: nothing is due any more. Shortly after an announcement that can't be known: what is
-- announced may not be in the queue yet.
local generation = redis.call('HGET', K.generations, ARGV[2]) or '0'
if generation ~= ARGV[3] then return 0 end
local announced = tonumber(string.match(generation, ' (%d+)$') or '0')
if NOW < announced + tonumber(ARGV[5]) then
  if ARGV[4] ~= '' then redis.call('ZADD', K.index, 'LT', ARGV[4], ARGV[2]) end
  return 0
end
if ARGV[4] == '' then
  redis.call('ZREM', K.index, ARGV[2])
  redis.call('HDEL', K.generations, ARGV[2])
else
  redis.call('ZADD', K.index, ARGV[4], ARGV[2])
end
return 1
