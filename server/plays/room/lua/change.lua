--- change: the host edits the room, if it still is what the caller read.
--- KEYS head events ops opAges sanctions meta
--- ARGV nowMs field fingerprint args expected info
--- Returns { code, room JSON }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 the planned time cannot be, 11 the room is not what was expected
--- @include kernel
--- @include ops
-- args: { startsAtMs where it is set, planPastMs, planAheadMs, opHorizonMs }.
local a = cjson.decode(ARGV[4])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
if a.startsAtMs and (a.startsAtMs < NOW - a.planPastMs or a.startsAtMs > NOW + a.planAheadMs) then return { 10 } end
if redis.call('HGET', K.meta, 'info') ~= ARGV[5] then return { 11 } end

if ARGV[6] ~= ARGV[5] then
  redis.call('HSET', K.meta, 'info', ARGV[6])
  emit('room:changed', '{"room":' .. ARGV[6] .. '}')
end
op_store(ARGV[2], ARGV[3], ARGV[6], a.opHorizonMs)
return { 0, ARGV[6] }
