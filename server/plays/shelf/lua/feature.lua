--- feature: says which product is being explained.
--- KEYS head events ops opAges sanctions products
--- ARGV nowMs field fingerprint productId args
--- Returns { code, '' }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no such product
--- @include kernel
--- @include ops
-- productId '' means: none.
local a = cjson.decode(ARGV[5])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
local none = ARGV[4] == ''
if not none and redis.call('HEXISTS', K.products, ARGV[4]) == 0 then return { 10 } end

if none then redis.call('HDEL', K.head, 'featured') else redis.call('HSET', K.head, 'featured', ARGV[4]) end
emit('shelf:product-featured', none and '{"productId":null}' or '{"productId":"' .. ARGV[4] .. '"}')
op_store(ARGV[2], ARGV[3], '', a.opHorizonMs)
return { 0, '' }
