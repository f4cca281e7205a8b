--- remove: takes a product off the shelf; if it was being explained, nothing is any more.
--- KEYS head events ops opAges sanctions products shelf
--- ARGV nowMs field fingerprint productId args
--- Returns { code, '' }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no such product
--- @include kernel
--- @include ops
local a = cjson.decode(ARGV[5])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
if redis.call('HEXISTS', K.products, ARGV[4]) == 0 then return { 10 } end

redis.call('HDEL', K.products, ARGV[4])
redis.call('ZREM', K.shelf, ARGV[4])
if redis.call('HGET', K.head, 'featured') == ARGV[4] then
  redis.call('HDEL', K.head, 'featured')
  emit('shelf:product-featured', '{"productId":null}')
end
emit('shelf:product-removed', '{"productId":"' .. ARGV[4] .. '"}')
op_store(ARGV[2], ARGV[3], '', a.opHorizonMs)
return { 0, '' }
