--- renew: a node still carries these publications. Ends those whose publisher may not publish here any more.
--- KEYS head events ledger due sanctions roles streamKeys publications leases
--- ARGV nowMs args
--- Returns the ids that the node has to let go
--- @include book
--- @include stream-key
-- args: { nodeId, publicationIds, leaseMs }.
local a = cjson.decode(ARGV[2])

local function may_go_on(record)
  local user = record.publication.userId
  if banned(user) then return false end
  if record.keyId ~= '' then
    local key = stream_key_read(record.keyId)
    return key and stream_key_works(key)
  end
  return not record.appointed or RANK[role_of(user)] >= RANK.cohost
end

local gone = {}
for _, id in ipairs(a.publicationIds) do
  local record = book_read(id)
  if not record or record.nodeId ~= a.nodeId then
    gone[#gone + 1] = id
  elseif may_go_on(record) then
    lease_set(id, a.leaseMs)
  else
    book_end(record, 'removed', 'system')
    gone[#gone + 1] = id
  end
end
return gone
