--- lapse: ends publications whose lease is over; one that was renewed meanwhile goes on.
--- KEYS head events ledger due publications leases
--- ARGV nowMs args
--- Returns how many ended
--- @include book
-- args: { publicationIds, silent, graceMs, retryMs }. silent: their node gave no answer, and gets a little more time.
local a = cjson.decode(ARGV[2])
local ended = 0
for _, id in ipairs(a.publicationIds) do
  local record = book_read(id)
  local until_ms = tonumber(redis.call('HGET', K.leases, id) or '0')
  if not record then
    redis.call('ZREM', K.due, due_lease(id))
  elseif NOW < until_ms then
    redis.call('ZADD', K.due, int(until_ms), due_lease(id))
  elseif a.silent and NOW < until_ms + a.graceMs then
    redis.call('ZADD', K.due, int(NOW + a.retryMs), due_lease(id))
  else
    book_end(record, 'lost', 'system')
    ended = ended + 1
  end
end
return ended
