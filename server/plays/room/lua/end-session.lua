--- end-session: the broadcast is over.
--- KEYS head events ledger ops opAges sanctions meta due shows showReports
--- ARGV nowMs field fingerprint args
--- Returns { code, time in ms }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no session is running
--- @include kernel
--- @include ops
--- @include live-days
--- @include show-book
local a = cjson.decode(ARGV[4])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
local session = redis.call('HGET', K.meta, 'session')
if not session then return { 10 } end

live_day_count(a.days)
redis.call('HSET', K.head, 'liveMs', int(live_at(NOW)))
redis.call('HDEL', K.head, 'liveSinceMs', 'sessionId')
redis.call('HDEL', K.meta, 'session')
redis.call('HSET', K.meta, 'endedAtMs', int(NOW))
local ended = '{"sessionId":"' .. cjson.decode(session).sessionId .. '","endedAtMs":' .. int(NOW) .. '}'
emit('room:session-ended', ended)
show_closed(fact('session-ended', a.actor, a.opId, ended), a.shows.settleMs)
op_store(ARGV[2], ARGV[3], int(NOW), a.opHorizonMs)
return { 0, int(NOW) }
