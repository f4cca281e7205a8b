--- set-rules: the host changes the rules of the fan club.
--- KEYS head events ledger ops opAges sanctions fanRules
--- ARGV nowMs field fingerprint args
--- Returns { code, rules JSON }: 0 done, 1 replay, 2 mismatch, 3 banned
--- @include ops
--- @include kernel
-- args: { actor, opId, opHorizonMs, rules (JSON) }.
local a = cjson.decode(ARGV[4])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
redis.call('SET', K.fanRules, a.rules)
emit('fan-badges:rules-changed', '{"rules":' .. a.rules .. '}')
fact('fan-rules-changed', a.actor, a.opId, a.rules)
op_store(ARGV[2], ARGV[3], a.rules, a.opHorizonMs)
return { 0, a.rules }
