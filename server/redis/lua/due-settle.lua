--- due-settle: says when to look at a room again, unless it was announced anew meanwhile.
--- KEYS index generations
--- ARGV room generation nextMs
--- Returns 1 when settled, 0 when the room was announced meanwhile
-- nextMs '' means: nothing is due any more.
if (redis.call('HGET', K.generations, ARGV[1]) or '0') ~= ARGV[2] then return 0 end
if ARGV[3] == '' then
  redis.call('ZREM', K.index, ARGV[1])
  redis.call('HDEL', K.generations, ARGV[1])
else
  redis.call('ZADD', K.index, ARGV[3], ARGV[1])
end
return 1
