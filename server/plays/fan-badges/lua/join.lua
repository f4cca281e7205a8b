--- join: somebody joins the fan club. Who is in already stays as they are.
--- KEYS head ledger ops opAges sanctions watch fans fanRules
--- ARGV nowMs field fingerprint args
--- Returns { code, '' }: 0 done, 1 replay, 2 mismatch, 3 banned
--- @include ops
--- @include kernel
--- @include fan-record
--- @include watch
-- args: { user, name, opId, opHorizonMs, days }.
local a = cjson.decode(ARGV[4])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
if not fan_read(a.user) then
  local fan = { user = a.user, name = a.name, level = 1, points = 0, litAt = live_days(), day = room_day(a.days) or 0 }
  for _, source in ipairs(FAN_SOURCES) do fan[source] = 0 end
  -- What they watched before they joined brings nothing.
  fan.watchedTo, fan.joinedAtMs = watch_now(a.user), NOW
  redis.call('HSET', K.fans, a.user, fan_format(fan))
  fact('fan-joined', a.user, a.opId, '{"userId":"' .. a.user .. '"}')
end
op_store(ARGV[2], ARGV[3], '', a.opHorizonMs)
return { 0, '' }
