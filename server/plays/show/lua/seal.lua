--- seal: keeps the report of a show of which nothing changes any more; the first one stays.
--- KEYS due shows showReports
--- ARGV nowMs no report againMs
--- Returns 1 when it is kept, 0 when there is one already, or the show is not known any more
--- @include time
-- A report of '' says that one is being written: its turn comes again in `againMs`, in case the node does not live to end it.
local MEMBER = 'show:seal:' .. ARGV[2]
if redis.call('HEXISTS', K.shows, ARGV[2]) == 0 then
  redis.call('ZREM', K.due, MEMBER)
  return 0
end
if ARGV[3] == '' then
  redis.call('ZADD', K.due, 'XX', int(NOW + tonumber(ARGV[4])), MEMBER)
  return 0
end
redis.call('ZREM', K.due, MEMBER)
return redis.call('HSETNX', K.showReports, ARGV[2], ARGV[3])
