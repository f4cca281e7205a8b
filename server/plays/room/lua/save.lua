--- save: creates a room, or replaces its fields if they still are what the caller read.
--- KEYS head events ledger meta
--- ARGV nowMs expected info actor
--- Returns 0 done, 10 the room is not what was expected
--- @include kernel
-- expected '' means: there must be no such room.
local current = redis.call('HGET', K.meta, 'info') or ''
if current ~= ARGV[2] then return 10 end
redis.call('HSET', K.meta, 'info', ARGV[3])
if current == '' then
  fact('room-created', ARGV[4], '', ARGV[3])
else
  emit('room:changed', '{"room":' .. ARGV[3] .. '}')
end
return 0
