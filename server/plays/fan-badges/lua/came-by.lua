--- came-by: somebody says who invited them.
--- KEYS head ops opAges sanctions watch fans invitedBy
--- ARGV nowMs field fingerprint args
--- Returns { code, 1 when it is noted }: 0 done, 1 replay, 2 mismatch, 3 banned
--- @include ops
--- @include watch
--- @include invites
-- args: { user, inviter, newcomerMs, opHorizonMs }.
local a = cjson.decode(ARGV[4])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
local watched = watch_now(a.user)
local known = redis.call('HEXISTS', K.watch, a.inviter) == 1 or redis.call('HEXISTS', K.fans, a.inviter) == 1
local noted = known and watched < a.newcomerMs and redis.call('HEXISTS', K.invitedBy, a.user) == 0
  and not invite_ring(a.user, a.inviter)
if noted then redis.call('HSET', K.invitedBy, a.user, a.inviter .. ' ' .. int(watched)) end
local result = noted and '1' or '0'
op_store(ARGV[2], ARGV[3], result, a.opHorizonMs)
return { 0, result }
