--- endpoint-save: makes, replaces or removes an endpoint, if it still is what the caller read.
--- KEYS endpoints version
--- ARGV id expected value max
--- Returns 0 done, 10 it is not what was expected, 11 there are too many
-- expected '' means: there must be none; value '' removes it.
local current = redis.call('HGET', K.endpoints, ARGV[1]) or ''
if current ~= ARGV[2] then return 10 end
if ARGV[3] == '' then
  redis.call('HDEL', K.endpoints, ARGV[1])
else
  if current == '' and redis.call('HLEN', K.endpoints) >= tonumber(ARGV[4]) then return 11 end
  redis.call('HSET', K.endpoints, ARGV[1], ARGV[3])
end
redis.call('INCR', K.version)
return 0
