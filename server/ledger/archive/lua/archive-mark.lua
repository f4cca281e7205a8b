--- archive-mark: takes note of how far a ledger was exported, and with which hash.
--- KEYS archive
--- ARGV n hash
--- Returns 1 when noted or already further, 0 when another hash is known for this fact
local n = tonumber(redis.call('HGET', K.archive, 'n') or '0')
if n == tonumber(ARGV[1]) and redis.call('HGET', K.archive, 'hash') ~= ARGV[2] then return 0 end
if n < tonumber(ARGV[1]) then redis.call('HSET', K.archive, 'n', ARGV[1], 'hash', ARGV[2]) end
return 1
