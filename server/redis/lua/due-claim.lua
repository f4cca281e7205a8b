--- due-claim: takes rooms whose time has come, for the length of a lease. Leases only save work.
--- KEYS index generations
--- ARGV nowMs leaseMs limit
--- Returns the time in ms, then pairs of a room and its generation
--- @include time
local rooms = redis.call('ZRANGEBYSCORE', K.index, '-inf', NOW, 'LIMIT', 0, ARGV[3])
local claimed = { int(NOW) }
for _, room in ipairs(rooms) do
  redis.call('ZADD', K.index, NOW + tonumber(ARGV[2]), room)
  claimed[#claimed + 1] = room
  claimed[#claimed + 1] = redis.call('HGET', K.generations, room) or '0'
end
return claimed
