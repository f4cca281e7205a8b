--- lane-refill: takes dead letters that are to be sent anew, as many as there is place for.
--- KEYS due webhooks
--- ARGV nowMs args
--- Returns { 1 } the lane is another's, else { 0, how many were taken }
--- @include lane
-- args: { id, token, max }. max: pending messages that there may be then.
local lane = lane_key(A.id)
if not holds(A.id, A.token) then return { 1 } end
local up_to = redis.call('HGET', lane, 'refillTo')
local place = A.max - redis.call('HLEN', pending_key(A.id))
if not up_to or place <= 0 then return { 0, 0 } end
local letters = redis.call('ZRANGEBYSCORE', dead_key(A.id), '-inf', up_to, 'LIMIT', 0, int(place))
for _, letter in ipairs(letters) do revive(A.id, letter) end
if #letters < place then redis.call('HDEL', lane, 'refillTo') end
return { 0, #letters }
