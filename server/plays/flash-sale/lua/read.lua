--- read: the sales of a room, newest first: all that run, and the latest.
--- KEYS sales salesRunning
--- ARGV kept
--- Returns one flat list of fields and values a sale
-- Sale hashes lie beside their index: same slot, same prefix.
local wanted = {}
for _, id in ipairs(redis.call('SMEMBERS', K.salesRunning)) do wanted[id] = true end
local latest = redis.call('ZREVRANGE', K.sales, 0, tonumber(ARGV[1]) - 1)
local reply = {}
for _, id in ipairs(latest) do
  wanted[id] = nil
  reply[#reply + 1] = redis.call('HGETALL', K.sales .. ':' .. id)
end
for id in pairs(wanted) do reply[#reply + 1] = redis.call('HGETALL', K.sales .. ':' .. id) end
return reply
