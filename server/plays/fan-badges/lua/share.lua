--- share: a fan says that they shared the room.
--- KEYS head events ledger ops opAges sanctions fans fanRules fanBoards
--- ARGV nowMs field fingerprint args
--- Returns { code, points, fans to tell as JSON }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no fan
--- @include ops
--- @include fans
-- args: { user, opId, opHorizonMs, days }.
local a = cjson.decode(ARGV[4])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
local fan = fan_read(a.user)
if not fan then return { 10 } end
local granted = int(fan_award(fan, 'share', fan_rules().share.points, a.days))
op_store(ARGV[2], ARGV[3], granted, a.opHorizonMs)
return { 0, granted, fans_save(a.user, a.opId) }
