--- use-key: somebody came with the secret of a stream key. Notes it, once in a while.
--- KEYS sanctions roles streamKeys streamKeysUsed
--- ARGV nowMs keyId hash everyMs
--- Returns { code, key JSON }: 0 it works, 10 it does not
--- @include stream-key
-- hash: that the secret was compared with; it may be revoked since.
local key = stream_key_read(ARGV[2])
if not key or key.hash ~= ARGV[3] or not stream_key_works(key) then return { 10 } end
local last = tonumber(redis.call('HGET', K.streamKeysUsed, key.keyId) or '0')
if NOW - last >= tonumber(ARGV[4]) then redis.call('HSET', K.streamKeysUsed, key.keyId, int(NOW)) end
return { 0, cjson.encode({ keyId = key.keyId, userId = key.userId, name = key.name, isHost = key.host }) }
