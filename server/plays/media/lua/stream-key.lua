-- Included by scripts that ask whether a stream key works. Needs K.streamKeys, K.sanctions and K.roles. A key is
-- { keyId, userId, name, label, createdAtMs, host, hash }; `host`: it was made by a host.
--- @include standing
--- @include roles

-- A key, or nil.
local function stream_key_read(key_id)
  local json = redis.call('HGET', K.streamKeys, key_id)
  return json and cjson.decode(json) or nil
end

-- Whether whom it was made by may publish now. Hosts are hosts by their tokens, which end while an encoder runs: their
-- keys work until they are revoked. A cohost's work while the room knows them as one.
local function stream_key_works(key)
  if banned(key.userId) then return false end
  return key.host or RANK[role_of(key.userId)] >= RANK.cohost
end
