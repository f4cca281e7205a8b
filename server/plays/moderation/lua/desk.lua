--- desk: what a moderator sees of people on opening the desk.
--- KEYS head sanctions roles appeals
--- ARGV nowMs actor tokenRole appealsMax
--- Returns { code, last seq, pairs field, value of K.roles, appeals as JSON }: 0 done, 3 banned, 10 no moderator
--- @include roles
--- @include standing
--- @include appeals
if banned(ARGV[2]) then return { 3 } end
if RANK[role_of(ARGV[2], ARGV[3])] < RANK.moderator then return { 10 } end
local appeals = {}
for i, id in ipairs(redis.call('ZRANGEBYSCORE', appeals_open_key(), '-inf', '+inf', 'LIMIT', 0, ARGV[4])) do
  appeals[i] = redis.call('HGET', K.appeals, id)
end
return { 0, redis.call('HGET', K.head, 'seq') or '0', redis.call('HGETALL', K.roles), appeals }
