--- revoke-key: a stream key works no more; what is published with it ends.
--- KEYS head events ledger due ops opAges sanctions roles streamKeys streamKeysUsed publications leases
--- ARGV nowMs field fingerprint args
--- Returns { code, '' }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no seller, 11 there is no such key of the caller
--- @include ops
--- @include book
--- @include stream-key
-- args: { keyId, tokenRole, opHorizonMs }. A host revokes any, a cohost their own.
local a = cjson.decode(ARGV[4])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
local user = string.match(ARGV[2], '^%S+')
local role = role_of(user, a.tokenRole)
if RANK[role] < RANK.cohost then return { 10 } end
local key = stream_key_read(a.keyId)
if not key or (role ~= 'host' and key.userId ~= user) then return { 11 } end

redis.call('HDEL', K.streamKeys, a.keyId)
redis.call('HDEL', K.streamKeysUsed, a.keyId)
emit('media:key-revoked', '{"keyId":"' .. a.keyId .. '"}')
for _, json in ipairs(redis.call('HVALS', K.publications)) do
  local record = cjson.decode(json)
  if record.keyId == a.keyId then book_end(record, 'revoked', 'system') end
end
op_store(ARGV[2], ARGV[3], '', a.opHorizonMs)
return { 0, '' }
