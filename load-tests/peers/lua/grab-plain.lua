--- grab-plain: one grab, as tutorials decide it: limit, stock, a counter and a list of who bought.
--- KEYS sale buyers winners
--- ARGV userId quantity
--- Returns the units that are left, -1 sold out, -2 the buyer's limit, -3 no such sale
local left, limit = unpack(redis.call('HMGET', K.sale, 'available', 'limitPerBuyer'))
if not left then return -3 end
local quantity = tonumber(ARGV[2])
if tonumber(left) < quantity then return -1 end
if redis.call('HINCRBY', K.buyers, ARGV[1], quantity) > tonumber(limit) then
  redis.call('HINCRBY', K.buyers, ARGV[1], -quantity)
  return -2
end
redis.call('RPUSH', K.winners, ARGV[1])
return redis.call('HINCRBY', K.sale, 'available', -quantity)
