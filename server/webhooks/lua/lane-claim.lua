--- lane-claim: takes the lanes of a room that have something to send, for the length of a lease.
--- KEYS head due webhooks
--- ARGV nowMs args
--- Returns nowMs, then one list a lane: { id, 'idle' }, { id, 'missing' }, { id, 'held' }, { id, 'waiting' }, { id, 'taken', token, cursor, failing, probes, downSinceMs, refillTo }
--- @include lane
-- args: { lanes: [[id, take]], leaseMs }. Without take, a lane with work is only put where the next node sees it.
local head = tonumber(redis.call('HGET', K.head, 'fact') or 0)
local reply = { int(NOW) }
for i, want in ipairs(A.lanes) do
  local id, take = want[1], want[2]
  local lane = lane_key(id)
  local f = redis.call('HMGET', lane, 'cursor', 'lease', 'wake', 'blocked', 'failing', 'probes', 'downSince', 'refillTo')
  local cursor, lease, wake = tonumber(f[1]), tonumber(f[2] or 0), tonumber(f[3] or 0)
  -- A lease that was not given back is of a node that died: nobody knows what it left.
  local work = cursor and (lease > 0 or (wake > 0 and wake <= NOW) or (head > cursor and f[4] ~= '1'))
  local state = { id, 'idle' }
  if not cursor then
    state = { id, 'missing' }
  elseif lease > NOW then
    state = { id, 'held' }
    wake_at(id, lease)
  elseif not work then
    wake_at(id, wake)
  elseif not take then
    state = { id, 'waiting' }
    wake_at(id, NOW)
  else
    local token = redis.call('HINCRBY', lane, 'token', 1)
    redis.call('HSET', lane, 'lease', int(NOW + A.leaseMs))
    redis.call('HDEL', lane, 'roused')
    wake_at(id, NOW + A.leaseMs)
    state = { id, 'taken', int(token), int(cursor), f[5] or '', f[6] or '0', f[7] or '0', f[8] or '0' }
  end
  reply[i + 1] = state
end
return reply
