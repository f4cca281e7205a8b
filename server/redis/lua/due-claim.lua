--- due-claim: takes rooms whose time has come, for the length of a lease. Leases only save work.
--- KEYS index generations
--- ARGV nowMs leaseMs limit
--- Returns pairs room, generation
local now = tonumber(ARGV[1])
if not now then
  local t = redis.call('TIME')
  now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end
local rooms = redis.call('ZRANGEBYSCORE', K.index, '-inf', now, 'LIMIT', 0, ARGV[3])
local claimed = {}
for _, room in ipairs(rooms) do
  redis.call('ZADD', K.index, now + tonumber(ARGV[2]), room)
  claimed[#claimed + 1] = room
  claimed[#claimed + 1] = redis.call('HGET', K.generations, room) or '0'
end
return claimed
