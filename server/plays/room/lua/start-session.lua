--- start-session: the host goes live.
--- KEYS head events ledger ops opAges meta
--- ARGV nowMs field fingerprint args
--- Returns { code, session JSON }: 0 done, 1 replay, 2 mismatch, 10 a session is running
--- @include kernel
--- @include ops
local a = cjson.decode(ARGV[4])
local state, stored = op_find(ARGV[2], ARGV[3])
if state == OP_REPLAY then return { 1, stored } end
if state == OP_MISMATCH then return { 2 } end
if redis.call('HEXISTS', K.meta, 'session') == 1 then return { 10 } end

local session = '{"sessionId":"' .. a.sessionId .. '","title":' .. cjson.encode(a.title)
  .. ',"startedAtMs":' .. int(NOW) .. '}'
redis.call('HSET', K.meta, 'session', session)
emit('room:session-started', '{"session":' .. session .. '}')
fact('session-started', a.actor, a.opId, session)
op_store(ARGV[2], ARGV[3], session, a.opHorizonMs)
return { 0, session }
