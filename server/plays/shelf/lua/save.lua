--- save: adds a product, or replaces the one with the same id.
--- KEYS head events ops opAges sanctions products shelf
--- ARGV nowMs field fingerprint productId product args
--- Returns { code, product JSON }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 the shelf is full
--- @include kernel
--- @include ops
local a = cjson.decode(ARGV[6])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
local known = redis.call('HEXISTS', K.products, ARGV[4]) == 1
if not known and redis.call('HLEN', K.products) >= a.max then return { 10 } end

redis.call('HSET', K.products, ARGV[4], ARGV[5])
if not known then
  -- Behind the last one, also within one ms or after a clock that went back.
  local last = tonumber(redis.call('ZRANGE', K.shelf, -1, -1, 'WITHSCORES')[2] or '0')
  redis.call('ZADD', K.shelf, int(math.max(NOW, last + 1)), ARGV[4])
end
emit('shelf:product-saved', '{"product":' .. ARGV[5] .. '}')
op_store(ARGV[2], ARGV[3], ARGV[5], a.opHorizonMs)
return { 0, ARGV[5] }
