--- end-session: the broadcast is over.
--- KEYS head events ledger ops opAges meta
--- ARGV nowMs field fingerprint args
--- Returns { code, time in ms }: 0 done, 1 replay, 2 mismatch, 10 no session is running
--- @include kernel
--- @include ops
local a = cjson.decode(ARGV[4])
local state, stored = op_find(ARGV[2], ARGV[3])
if state == OP_REPLAY then return { 1, stored } end
if state == OP_MISMATCH then return { 2 } end
local session = redis.call('HGET', K.meta, 'session')
if not session then return { 10 } end

redis.call('HDEL', K.meta, 'session')
local ended = '{"sessionId":"' .. cjson.decode(session).sessionId .. '","endedAtMs":' .. int(NOW) .. '}'
emit('room:session-ended', ended)
fact('session-ended', a.actor, a.opId, ended)
op_store(ARGV[2], ARGV[3], int(NOW), a.opHorizonMs)
return { 0, int(NOW) }
