--- ask-keeper: the host asks a fan to moderate for a shift. A later question takes the place of an earlier one.
--- KEYS head ledger ops opAges sanctions fans fanRules roles keeperAsks
--- ARGV nowMs field fingerprint args
--- Returns { code, until when the question stands }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no fan, 11 has that role or a higher one for good
--- @include ops
--- @include kernel
--- @include fan-record
--- @include keeper
-- args: { actor, opId, opHorizonMs, user, shiftMs, askMs }.
local a = cjson.decode(ARGV[4])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
if not fan_read(a.user) then return { 10 } end
if keeper_for_good(a.user) then return { 11 } end
local until_ms = int(NOW + a.askMs)
redis.call('HSET', K.keeperAsks, a.user, until_ms .. ' ' .. int(a.shiftMs) .. ' ' .. a.actor)
fact('keeper-asked', a.actor, a.opId, '{"userId":"' .. a.user .. '","shiftMs":' .. int(a.shiftMs) .. '}')
op_store(ARGV[2], ARGV[3], until_ms, a.opHorizonMs)
return { 0, until_ms }
