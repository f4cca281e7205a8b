--- pay: the merchant says that an order is paid. Late, the units are reserved anew, or a refund is required.
--- KEYS head events ledger ops opAges due sales salesRunning orders ordersOf strikes sanctions
--- ARGV nowMs args rules
--- Returns { code, order JSON, orders to tell of, buyers passed over }: 0 done, 1 replay, 2 mismatch, 10 no such order, 11 cancelled or refunded, 12 paid already with another reference, 13 other amount or currency
--- @include ops
--- @include order
-- args: { field, fingerprint, orderId, no, amountMinor, currency, paymentRef, actor, opId, opHorizonMs, idSeed }.
local state, stored = op_find(A.field, A.fingerprint)
if state == OP_REPLAY then return { 1, stored, {}, {} } end
if state == OP_MISMATCH then return { 2 } end
local o = order_read(A.no, A.orderId)
if not o then return { 10 } end
local from = o.state
if from == 'REFUNDED' or from == 'CANCELLED' then return { 11 } end
if A.amountMinor ~= tonumber(o.amountMinor) or A.currency ~= o.currency then return { 13 } end
if from == 'PAID' or from == 'REFUND_REQUIRED' then
  if o.paymentRef ~= A.paymentRef then return { 12 } end
  -- The same payment told twice, with another key.
  local json = order_json(o)
  op_store(A.field, A.fingerprint, json, A.opHorizonMs)
  return { 0, json, {}, {} }
end

local function settle(to, kind, fields, more)
  fields.paymentRef = A.paymentRef
  fields.paidAtMs = int(NOW)
  if from ~= 'HELD' then fields.late = '1' end
  local json = order_save(o, to, fields)
  order_fact(kind, o, from, A.actor, A.opId, ',"paymentRef":' .. cjson.encode(A.paymentRef) .. (more or ''))
  return json
end

-- What stands in the way of giving a late payer the units; nil when nothing does.
local function obstacle()
  for _, line in ipairs(cjson.decode(o.lines)) do
    local sale = sale_read(line.saleId)
    local taken = tonumber(redis.call('HGET', buyers_key(sale), o.userId)) or 0
    if taken + line.quantity > sale.limitPerBuyer then return 'LIMIT_REACHED' end
    if line.quantity > sale_free(sale) then return 'SOLD_OUT' end
  end
end

local json
local reason = from ~= 'HELD' and obstacle() or nil
if reason then
  json = settle('REFUND_REQUIRED', 'order-refund-required', { reason = reason }, ',"reason":"' .. reason .. '"')
else
  order_move(o, from == 'HELD' and 'held' or 'available', 'sold')
  json = settle('PAID', 'order-paid', {})
end
sales_save()
op_store(A.field, A.fingerprint, json, A.opHorizonMs)
return done(0, json)
