--- follow: somebody follows the room, or stops. Doing what is done already changes nothing.
--- KEYS ops opAges sanctions followers
--- ARGV nowMs field fingerprint args
--- Returns { code, { followingSinceMs, followers } as JSON }: 0 done, 1 replay, 2 mismatch, 3 banned
--- @include ops
-- args: { user, follow, opHorizonMs }.
local a = cjson.decode(ARGV[4])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
if a.follow then
  redis.call('ZADD', K.followers, 'NX', int(NOW), a.user)
else
  redis.call('ZREM', K.followers, a.user)
end
local since = redis.call('ZSCORE', K.followers, a.user)
local result = '{"followingSinceMs":' .. (since or 'null') .. ',"followers":' .. redis.call('ZCARD', K.followers) .. '}'
op_store(ARGV[2], ARGV[3], result, a.opHorizonMs)
return { 0, result }
