--- create-key: makes a stream key.
--- KEYS ops opAges sanctions roles streamKeys
--- ARGV nowMs field fingerprint args
--- Returns { code, key JSON }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no seller, 11 the room has as many as it may
--- @include ops
--- @include stream-key
-- args: { key: { keyId, userId, name, label, hash }, tokenRole, limit, opHorizonMs }.
local a = cjson.decode(ARGV[4])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
-- Decided here, not by the node: it may not know yet that a role was taken back.
local role = role_of(a.key.userId, a.tokenRole)
if RANK[role] < RANK.cohost then return { 10 } end
if redis.call('HLEN', K.streamKeys) >= a.limit then return { 11 } end

local key = a.key
key.createdAtMs, key.host = NOW, role == 'host'
redis.call('HSET', K.streamKeys, key.keyId, cjson.encode(key))
local shown = cjson.encode({ keyId = key.keyId, userId = key.userId, label = key.label, createdAtMs = NOW, lastUsedAtMs = cjson.null })
op_store(ARGV[2], ARGV[3], shown, a.opHorizonMs)
return { 0, shown }
