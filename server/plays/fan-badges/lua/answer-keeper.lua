--- answer-keeper: a fan accepts or declines to moderate.
--- KEYS head events ledger ops opAges sanctions due roles keeperAsks
--- ARGV nowMs field fingerprint args
--- Returns { code, when the shift ends or 0 }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 nobody asks
--- @include ops
--- @include appoint
--- @include keeper
-- args: { user, opId, opHorizonMs, accept }.
local a = cjson.decode(ARGV[4])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
local ask_until, shift_ms, asked_by = string.match(redis.call('HGET', K.keeperAsks, a.user) or '', '^(%d+) (%d+) (%S+)$')
if not ask_until or NOW >= tonumber(ask_until) then
  redis.call('HDEL', K.keeperAsks, a.user)
  return { 10 }
end

redis.call('HDEL', K.keeperAsks, a.user)
fact('keeper-answered', a.user, a.opId, '{"userId":"' .. a.user .. '","accepted":' .. (a.accept and 'true' or 'false') .. '}')
local until_ms = 0
-- Whoever was given a role for good meanwhile keeps it, and a longer shift stays.
if a.accept and not keeper_for_good(a.user) then
  until_ms = math.max(NOW + tonumber(shift_ms), shift_end(a.user))
  -- It was the host's decision.
  role_appoint(a.user, 'moderator', until_ms, asked_by, '')
end
op_store(ARGV[2], ARGV[3], int(until_ms), a.opHorizonMs)
return { 0, int(until_ms) }
