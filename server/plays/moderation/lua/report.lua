--- report: counts who reports a message, each once, and tells staff.
--- KEYS head events ops opAges sanctions chatById reports reported
--- ARGV nowMs args
--- Returns { code, '' }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no such message
--- @include ops
--- @include chat-history
--- @include reported
-- args: { field, fingerprint, opHorizonMs, user, messageId, reason, keptMs, allTold, thenEvery, limits }. `reports` is the set of
-- this message's reporters.
local a = cjson.decode(ARGV[2])
local early = op_begin(a.field, a.fingerprint)
if early then return early end
local message = chat_find(a.messageId)
if not message then return { 10 } end

if redis.call('SADD', K.reports, a.user) == 1 then
  redis.call('PEXPIRE', K.reports, a.keptMs)
  local reports = redis.call('SCARD', K.reports)
  reported_add(a.messageId, message, reports, { byUserId = a.user, reason = a.reason }, a.limits)
  -- A crowd that reports one message must not bury the desk.
  if reports <= a.allTold or reports % a.thenEvery == 0 then
    emit('moderation:reported', '{"messageId":"' .. a.messageId .. '","byUserId":"' .. a.user .. '","reason":'
      .. cjson.encode(a.reason) .. ',"reports":' .. int(reports) .. '}')
  end
end
op_store(a.field, a.fingerprint, '', a.opHorizonMs)
return { 0, '' }
