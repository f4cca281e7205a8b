--- lane-settle: stores what became of messages, moves the cursor, and renews or gives back the lease.
--- KEYS head ledger due webhooks
--- ARGV nowMs args
--- Returns { 0, nowMs, 1 when there is more to do at once }, { 1 } the lane is another's, { 2 } the ledger is not the one that was read
--- @include lane
-- args: { id, token, leaseMs, cursor, cursorAt, done: [n], failed: [[n, firstAtMs, attempts, delayMs, key]],
-- dead: [[n, JSON]], failing, down: { probes, probeInMs } or false, rouse, full,
-- refillBelow, wakeAtMs, release }.
-- failed with firstAtMs 0: not sent yet, or under way; its days count from its first attempt. rouse: the endpoint is
-- back, so that everything pending is due.
local lane = lane_key(A.id)
if not holds(A.id, A.token) then return { 1 } end
local stored = tonumber(redis.call('HGET', lane, 'cursor'))
if A.cursor > stored then
  -- A Redis that lost its last second may have given the number to another fact.
  local entry = redis.call('XRANGE', K.ledger, int(A.cursor) .. '-0', int(A.cursor) .. '-0')[1]
  local at = nil
  for i = 1, entry and #entry[2] or 0, 2 do if entry[2][i] == 'at' then at = entry[2][i + 1] end end
  if at ~= int(A.cursorAt) then return { 2 } end
  redis.call('HSET', lane, 'cursor', int(A.cursor))
end
for _, n in ipairs(A.done) do redis.call('HDEL', pending_key(A.id), int(n)) end
if A.rouse then pending_rouse(A.id) end
for _, one in ipairs(A.failed) do
  local due = NOW + one[4]
  redis.call('HSET', pending_key(A.id), int(one[1]), int(due) .. ' ' .. int(one[2]) .. ' ' .. int(one[3]) .. ' ' .. one[5])
end
for _, one in ipairs(A.dead) do
  redis.call('HDEL', pending_key(A.id), int(one[1]))
  redis.call('ZREMRANGEBYSCORE', dead_key(A.id), int(one[1]), int(one[1]))
  redis.call('ZADD', dead_key(A.id), int(one[1]), one[2])
end

local wake = A.wakeAtMs
if A.down then
  if not redis.call('HGET', lane, 'downSince') then redis.call('HSET', lane, 'downSince', int(NOW)) end
  redis.call('HSET', lane, 'probes', int(A.down.probes))
  wake = NOW + A.down.probeInMs
else
  redis.call('HDEL', lane, 'downSince', 'probes')
end
redis.call('HSET', lane, 'failing', A.failing)
local blocked = A.down or A.full
local more = 0
if A.release then
  local head = tonumber(redis.call('HGET', K.head, 'fact') or 0)
  local cursor = math.max(stored, A.cursor)
  if redis.call('HEXISTS', lane, 'roused') == 1 then more = 1 end
  local refill = redis.call('HEXISTS', lane, 'refillTo') == 1 and redis.call('HLEN', pending_key(A.id)) < A.refillBelow
  if refill and not blocked then more = 1 end
  if (head > cursor and not blocked) or (wake > 0 and wake <= NOW) then more = 1 end
  if more == 1 then wake = NOW end
  redis.call('HSET', lane, 'lease', 0, 'wake', int(wake), 'blocked', blocked and 1 or 0)
  wake_at(A.id, wake)
else
  redis.call('HSET', lane, 'lease', int(NOW + A.leaseMs))
  wake_at(A.id, NOW + A.leaseMs)
end
return { 0, int(NOW), more }
