--- start-session: the host goes live.
--- KEYS head events ledger ops opAges sanctions meta
--- ARGV nowMs field fingerprint args
--- Returns { code, session JSON }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 a session is running
--- @include kernel
--- @include ops
--- @include live-days
local a = cjson.decode(ARGV[4])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
if redis.call('HEXISTS', K.meta, 'session') == 1 then return { 10 } end

live_day_count(a.days)
redis.call('HSET', K.head, 'sessionId', a.sessionId, 'liveSinceMs', int(NOW))
redis.call('HINCRBY', K.head, 'sessionNo', 1)
local session = '{"sessionId":"' .. a.sessionId .. '","title":' .. cjson.encode(a.title)
  .. ',"startedAtMs":' .. int(NOW) .. '}'
redis.call('HSET', K.meta, 'session', session)
emit('room:session-started', '{"session":' .. session .. '}')
fact('session-started', a.actor, a.opId, session)
op_store(ARGV[2], ARGV[3], session, a.opHorizonMs)
return { 0, session }
