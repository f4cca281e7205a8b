--- lane-look: how lanes of a room stand. Dead letters that nobody wanted for long are dropped.
--- KEYS head ledger due webhooks
--- ARGV nowMs args
--- Returns nowMs, head, then one list a lane: { id, cursor or -1, pending, dead, lowest number still needed besides the cursor or 0, downSinceMs, time of the oldest fact after the cursor or 0 }
--- @include lane
-- args: { ids, deadTtlMs }.
local head = tonumber(redis.call('HGET', K.head, 'fact') or 0)
local reply = { int(NOW), int(head) }

local function oldest_after(cursor)
  if cursor >= head then return 0 end
  local entry = redis.call('XRANGE', K.ledger, int(cursor + 1) .. '-0', '+', 'COUNT', 1)[1]
  for i = 1, entry and #entry[2] or 0, 2 do if entry[2][i] == 'at' then return tonumber(entry[2][i + 1]) end end
  return 0
end

for i, id in ipairs(A.ids) do
  local cursor = tonumber(redis.call('HGET', lane_key(id), 'cursor') or -1)
  for _, letter in ipairs(redis.call('ZRANGE', dead_key(id), 0, 99)) do
    if cjson.decode(letter).diedAtMs > NOW - A.deadTtlMs then break end
    redis.call('ZREM', dead_key(id), letter)
  end
  local lowest = tonumber(redis.call('ZRANGE', dead_key(id), 0, 0, 'WITHSCORES')[2] or 0)
  for _, n in ipairs(redis.call('HKEYS', pending_key(id))) do
    if lowest == 0 or tonumber(n) < lowest then lowest = tonumber(n) end
  end
  reply[i + 2] = {
    id, int(cursor), redis.call('HLEN', pending_key(id)), redis.call('ZCARD', dead_key(id)), int(lowest),
    redis.call('HGET', lane_key(id), 'downSince') or '0', int(cursor < 0 and 0 or oldest_after(cursor)),
  }
end
return reply
