--- schedule: plans a sale of a product on the shelf.
--- KEYS head events ledger ops opAges due sale sales salesRunning products
--- ARGV nowMs field fingerprint args
--- Returns { code, saleId }: 0 done, 1 replay, 2 mismatch, 10 no such product, 11 too many sales
--- @include kernel
--- @include ops
--- @include sale
-- args: { sale (strings and numbers as given), opensInMs, runningMax, actor, opId, opHorizonMs }.
local a = cjson.decode(ARGV[4])
local state, stored = op_find(ARGV[2], ARGV[3])
if state == OP_REPLAY then return { 1, stored } end
if state == OP_MISMATCH then return { 2 } end
local s = a.sale
local product = redis.call('HGET', K.products, s.productId)
if not product then return { 10 } end
if redis.call('SCARD', K.salesRunning) >= a.runningMax then return { 11 } end

product = cjson.decode(product)
local opens = NOW + a.opensInMs
local image = product.imageUrl
if image == cjson.null then image = '' end
redis.call('HSET', K.sale, 'saleId', s.saleId, 'productId', s.productId, 'title', product.title, 'imageUrl', image,
  'priceMinor', int(s.priceMinor), 'compareAtMinor', s.compareAtMinor, 'compareAtBasis', s.compareAtBasis,
  'limitPerBuyer', int(s.limitPerBuyer), 'holdMs', int(s.holdMs), 'durationMs', int(s.durationMs),
  'phase', 'scheduled', 'opensAtMs', int(opens), 'endsAtMs', int(opens + s.durationMs),
  'total', int(s.stock), 'available', int(s.stock), 'held', '0', 'sold', '0', 'epoch', '0')
redis.call('ZADD', K.sales, NOW, s.saleId)
redis.call('ZADD', K.due, int(opens), due_open(s.saleId))
redis.call('SADD', K.salesRunning, s.saleId)

local function quoted(value) return value == '' and 'null' or cjson.encode(value) end
local sale = '{"saleId":"' .. s.saleId .. '","productId":"' .. s.productId .. '","title":' .. cjson.encode(product.title)
  .. ',"imageUrl":' .. quoted(image) .. ',"priceMinor":' .. int(s.priceMinor)
  .. ',"compareAtMinor":' .. (s.compareAtMinor == '' and 'null' or s.compareAtMinor)
  .. ',"compareAtBasis":' .. quoted(s.compareAtBasis)
  .. ',"limitPerBuyer":' .. int(s.limitPerBuyer) .. ',"holdMs":' .. int(s.holdMs) .. ',"phase":"scheduled","opensAtMs":'
  .. int(opens) .. ',"endsAtMs":' .. int(opens + s.durationMs) .. ',"total":' .. int(s.stock) .. ',"available":'
  .. int(s.stock) .. ',"held":0,"sold":0,"epoch":0}'
emit('flash-sale:scheduled', '{"sale":' .. sale .. '}')
fact('sale-scheduled', a.actor, a.opId, sale)
op_store(ARGV[2], ARGV[3], s.saleId, a.opHorizonMs)
if a.opensInMs == 0 then sale_tick(sale_read()) end
return { 0, s.saleId }
