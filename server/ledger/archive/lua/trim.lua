--- trim: deletes the facts up to a number that has been exported, and takes note of the hash there.
--- KEYS ledger archive
--- ARGV n hash next
--- Returns how many facts went; -1 when they have not been exported
-- next: n + 1.
if tonumber(redis.call('HGET', K.archive, 'n') or '0') < tonumber(ARGV[1]) then return -1 end
redis.call('HSET', K.archive, 'trimmedN', ARGV[1], 'trimmedHash', ARGV[2])
return redis.call('XTRIM', K.ledger, 'MINID', ARGV[3])
