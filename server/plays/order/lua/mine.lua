--- mine: orders of one buyer, newest first.
--- KEYS orders ordersOf
--- ARGV user before limit
--- Returns the fields and values of each order as a flat list
-- before: numbers below this one; '' for the newest.
local before = ARGV[2] == '' and '+inf' or '(' .. ARGV[2]
local reply = {}
for i, no in ipairs(redis.call('ZREVRANGEBYSCORE', K.ordersOf .. ':' .. ARGV[1], before, '-inf', 'LIMIT', 0, ARGV[3])) do
  reply[i] = redis.call('HGETALL', K.orders .. ':' .. no)
end
return reply
