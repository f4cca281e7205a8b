--- publish: enters a publication; what the same user published from the same source is replaced.
--- KEYS head events ledger due sanctions roles streamKeys publications leases
--- ARGV nowMs args
--- Returns { code, publication JSON }: 0 done, 3 banned, 10 the room has as many as it may, 11 the stream key works no more
--- @include book
--- @include stream-key
-- args: { publication, nodeId, keyId, leaseMs, limit }; keyId '' for none.
local a = cjson.decode(ARGV[2])
local publication = a.publication
local user = publication.userId

-- Entered already: the answer was lost.
local known = book_read(publication.publicationId)
if known then return { 0, cjson.encode(known.publication) } end
if banned(user) then return { 3 } end
if a.keyId ~= '' then
  local key = stream_key_read(a.keyId)
  if not key or key.userId ~= user or not stream_key_works(key) then return { 11 } end
end
local replaced
local count = 0
for _, json in ipairs(redis.call('HVALS', K.publications)) do
  local record = cjson.decode(json)
  if record.publication.userId == user and record.publication.source == publication.source then
    replaced = record
  else
    count = count + 1
  end
end
if count >= a.limit then return { 10 } end

publication.startedAtMs = NOW
local by_token = role_in_force(redis.call('HGET', K.roles, 't ' .. user))
local by_room = role_in_force(redis.call('HGET', K.roles, 'a ' .. user))
if replaced then book_end(replaced, 'replaced', user) end
book_write({
  publication = publication,
  nodeId = a.nodeId,
  keyId = a.keyId,
  appointed = RANK[by_token] < RANK.cohost and RANK[by_room] >= RANK.cohost,
})
lease_set(publication.publicationId, a.leaseMs)
local json = cjson.encode(publication)
emit('media:published', '{"publication":' .. json .. '}')
local session = redis.call('HGET', K.head, 'sessionId')
fact('media-started', user, '', cjson.encode({
  publicationId = publication.publicationId,
  source = publication.source,
  kind = publication.kind,
  userId = user,
  sessionId = session or cjson.null,
}))
return { 0, json }
