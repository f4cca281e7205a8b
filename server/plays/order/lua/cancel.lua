--- cancel: the merchant calls an order off. A hold is released; a paid order keeps its units unless told otherwise.
--- KEYS head events ledger ops opAges due sales salesRunning orders ordersOf strikes sanctions
--- ARGV nowMs args rules
--- Returns { code, order JSON, orders to tell of, buyers passed over }: 0 done, 1 replay, 2 mismatch, 10 no such order, 11 neither held nor paid
--- @include ops
--- @include order
-- args: { field, fingerprint, orderId, no, reason, returnUnits, actor, opId, opHorizonMs, idSeed }.
local state, stored = op_find(A.field, A.fingerprint)
if state == OP_REPLAY then return { 1, stored, {}, {} } end
if state == OP_MISMATCH then return { 2 } end
local o = order_read(A.no, A.orderId)
if not o then return { 10 } end

local json
local why = ',"reason":' .. cjson.encode(A.reason)
if o.state == 'HELD' then
  order_move(o, 'held', 'available')
  json = order_save(o, 'RELEASED', { reason = A.reason })
  order_fact('order-released', o, 'HELD', A.actor, A.opId, ',"by":"merchant"' .. why)
elseif o.state == 'PAID' then
  local fields = { reason = A.reason, cancelledAtMs = int(NOW) }
  local returns = A.returnUnits == true
  if returns then
    order_move(o, 'sold', 'available')
    fields.unitsReturned = '1'
  end
  json = order_save(o, 'CANCELLED', fields)
  order_fact('order-cancelled', o, 'PAID', A.actor, A.opId, ',"unitsReturned":' .. tostring(returns) .. why)
else
  return { 11 }
end
sales_save()
op_store(A.field, A.fingerprint, json, A.opHorizonMs)
return done(0, json)
