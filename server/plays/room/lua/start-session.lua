--- start-session: the host goes live.
--- KEYS head events ledger ops opAges sanctions meta due shows showReports
--- ARGV nowMs field fingerprint args
--- Returns { code, session JSON }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 a session is running
--- @include kernel
--- @include ops
--- @include live-days
--- @include show-book
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
-- The show that was planned has begun; a plan for later stays. In JSON no text has an unescaped quotation mark.
local info = redis.call('HGET', K.meta, 'info') or ''
local planned_ms = tonumber(string.match(info, '"startsAtMs":(%d+)'))
if planned_ms and planned_ms <= NOW + a.planBegunMs then
  info = string.gsub(info, '"startsAtMs":%d+', '"startsAtMs":null', 1)
  redis.call('HSET', K.meta, 'info', info)
  emit('room:changed', '{"room":' .. info .. '}')
end
emit('room:session-started', '{"session":' .. session .. '}')
show_opened(session, fact('session-started', a.actor, a.opId, session), a.shows.kept)
op_store(ARGV[2], ARGV[3], session, a.opHorizonMs)
return { 0, session }
