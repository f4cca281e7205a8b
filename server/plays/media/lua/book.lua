-- Included by scripts that change what is published. Needs K.head, K.events, K.ledger, K.due, K.publications and
-- K.leases. A record is { publication, nodeId, keyId, appointed }: `publication` as the room sees it; keyId '' for none;
-- `appointed`: its publisher is a seller by the room's own word, so that it ends with the appointment.
--- @include kernel

local function due_lease(id) return 'media:lease:' .. id end

-- A record, or nil.
local function book_read(id)
  local json = redis.call('HGET', K.publications, id)
  return json and cjson.decode(json) or nil
end

local function book_write(record)
  redis.call('HSET', K.publications, record.publication.publicationId, cjson.encode(record))
end

-- A caller that enters something new announces the room before.
local function lease_set(id, lease_ms)
  redis.call('HSET', K.leases, id, int(NOW + lease_ms))
  redis.call('ZADD', K.due, int(NOW + lease_ms), due_lease(id))
end

local function book_end(record, reason, actor)
  local id = record.publication.publicationId
  redis.call('HDEL', K.publications, id)
  redis.call('HDEL', K.leases, id)
  redis.call('ZREM', K.due, due_lease(id))
  local data = '{"publicationId":"' .. id .. '","reason":"' .. reason .. '"}'
  emit('media:unpublished', data)
  fact('media-ended', actor, '', data)
end
