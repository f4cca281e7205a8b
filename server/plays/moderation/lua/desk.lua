--- desk: what a moderator sees of people on opening the desk.
--- KEYS head sanctions roles appeals chatById reported
--- ARGV nowMs actor tokenRole appealsMax reportedMax
--- Returns { code, last seq, pairs field, value of K.roles, appeals as JSON, reported messages }: 0 done, 3 banned, 10 no moderator
--- @include roles
--- @include standing
--- @include appeals
-- A reported message: '<still in the history, 0 or 1>\n' and its value of K.reported, see reported.lua.
if banned(ARGV[2]) then return { 3 } end
if RANK[role_of(ARGV[2], ARGV[3])] < RANK.moderator then return { 10 } end
local appeals = {}
for i, id in ipairs(redis.call('ZRANGEBYSCORE', appeals_open_key(), '-inf', '+inf', 'LIMIT', 0, ARGV[4])) do
  appeals[i] = redis.call('HGET', K.appeals, id)
end
local reported = {}
local all = ARGV[5] == '0' and {} or redis.call('HGETALL', K.reported)
for i = 1, #all, 2 do
  reported[#reported + 1] = redis.call('HEXISTS', K.chatById, all[i]) .. '\n' .. all[i + 1]
end
return { 0, redis.call('HGET', K.head, 'seq') or '0', redis.call('HGETALL', K.roles), appeals, reported }
