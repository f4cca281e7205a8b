--- schedule: plans a sale of a product on the shelf.
--- KEYS head events ledger ops opAges sanctions due sales salesRunning products meta
--- ARGV nowMs args rules
--- Returns { code, saleId }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no such product, 11 too many sales
--- @include ops
--- @include sale
-- args: { field, fingerprint, sale (strings and numbers as given), opensInMs, runningMax, actor, opId, opHorizonMs }.
local early = op_begin(A.field, A.fingerprint)
if early then return early end
local s = A.sale
local product = redis.call('HGET', K.products, s.productId)
if not product then return { 10 } end
if redis.call('SCARD', K.salesRunning) >= A.runningMax then return { 11 } end

product = cjson.decode(product)
local opens = NOW + A.opensInMs
local image = product.imageUrl
if image == cjson.null then image = '' end
local currency = cjson.decode(redis.call('HGET', K.meta, 'info')).currency
-- What changes comes first: Redis finds the fields of a small hash by walking it.
redis.call('HSET', K.sales .. ':' .. s.saleId, 'phase', 'scheduled', 'available', int(s.stock), 'held', '0', 'sold', '0',
  'total', int(s.stock), 'epoch', '0', 'waiting', '0', 'endsAtMs', int(opens + s.durationMs), 'opensAtMs', int(opens),
  'durationMs', int(s.durationMs), 'limitPerBuyer', int(s.limitPerBuyer), 'holdMs', int(s.holdMs), 'guard', s.guard,
  'earlyLevel', int(s.earlyLevel), 'earlyMs', int(s.earlyMs), 'priceMinor', int(s.priceMinor), 'currency', currency, 'productId', s.productId, 'title', product.title,
  'saleId', s.saleId, 'imageUrl', image, 'compareAtMinor', s.compareAtMinor, 'compareAtBasis', s.compareAtBasis)
redis.call('ZADD', K.sales, NOW, s.saleId)
redis.call('ZADD', K.due, int(opens), due_open(s.saleId))
redis.call('SADD', K.salesRunning, s.saleId)

local function quoted(value) return value == '' and 'null' or cjson.encode(value) end
local sale = '{"saleId":"' .. s.saleId .. '","productId":"' .. s.productId .. '","title":' .. cjson.encode(product.title)
  .. ',"imageUrl":' .. quoted(image) .. ',"priceMinor":' .. int(s.priceMinor)
  .. ',"compareAtMinor":' .. (s.compareAtMinor == '' and 'null' or s.compareAtMinor)
  .. ',"compareAtBasis":' .. quoted(s.compareAtBasis)
  .. ',"limitPerBuyer":' .. int(s.limitPerBuyer) .. ',"holdMs":' .. int(s.holdMs) .. ',"guard":"' .. s.guard
  .. '","earlyLevel":' .. int(s.earlyLevel) .. ',"earlyMs":' .. int(s.earlyMs)
  .. ',"phase":"scheduled","opensAtMs":' .. int(opens) .. ',"endsAtMs":' .. int(opens + s.durationMs) .. ',"total":'
  .. int(s.stock) .. ',"available":' .. int(s.stock) .. ',"held":0,"sold":0,"epoch":0,"waiting":0}'
emit('flash-sale:scheduled', '{"sale":' .. sale .. '}')
fact('sale-scheduled', A.actor, A.opId, sale)
op_store(A.field, A.fingerprint, s.saleId, A.opHorizonMs)
if A.opensInMs == 0 then sale_read(s.saleId) end
return { 0, s.saleId }
