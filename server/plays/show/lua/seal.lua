--- seal: keeps the report of a show of which nothing changes any more; the first one stays.
--- KEYS due shows showReports
--- ARGV nowMs no report againMs
--- Returns 1 when it is kept, 0 when there is one already, its time has not come, or the show is not known any more
--- @include time
-- A report of '' asks whether its time has come, before the ledger is read for it: a node's clock may be wrong, and what is kept
-- stays. It says that one is being written, too: its turn comes again in `againMs`, in case the node does not live to end it.
local MEMBER = 'show:seal:' .. ARGV[2]
local show = redis.call('HGET', K.shows, ARGV[2])
if not show then
  redis.call('ZREM', K.due, MEMBER)
  return 0
end
local settled_ms = cjson.decode(show).settledAtMs
if not settled_ms or NOW <= settled_ms then return 0 end
if ARGV[3] == '' then
  if redis.call('HEXISTS', K.showReports, ARGV[2]) == 1 then
    redis.call('ZREM', K.due, MEMBER)
    return 0
  end
  redis.call('ZADD', K.due, 'XX', int(NOW + tonumber(ARGV[4])), MEMBER)
  return 1
end
redis.call('ZREM', K.due, MEMBER)
return redis.call('HSETNX', K.showReports, ARGV[2], ARGV[3])
