--- you: the units that one user has of each sale that runs or is recent, and their places in line.
--- KEYS head sales salesRunning
--- ARGV user kept
--- Returns { pairs saleId, units; triples saleId, position, waiting; last event of the room }
local taken, waiting, seen = {}, {}, {}
local function look(id)
  if seen[id] then return end
  seen[id] = true
  local key = K.sales .. ':' .. id
  local units = redis.call('HGET', key .. ':buyers', ARGV[1])
  if units and units ~= '0' then
    taken[#taken + 1] = id
    taken[#taken + 1] = units
  end
  local rank = redis.call('ZRANK', key .. ':waitlist', ARGV[1])
  if rank then
    waiting[#waiting + 1] = id
    waiting[#waiting + 1] = rank + 1
    waiting[#waiting + 1] = redis.call('ZCARD', key .. ':waitlist')
  end
end
for _, id in ipairs(redis.call('SMEMBERS', K.salesRunning)) do look(id) end
for _, id in ipairs(redis.call('ZREVRANGE', K.sales, 0, tonumber(ARGV[2]) - 1)) do look(id) end
return { taken, waiting, redis.call('HGET', K.head, 'seq') or '0' }
