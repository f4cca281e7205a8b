--- refund: the merchant has given the money back. Units return to sale only when told to, and once.
--- KEYS head events ledger ops opAges due sales salesRunning orders ordersOf strikes sanctions
--- ARGV nowMs args rules
--- Returns { code, order JSON, orders to tell of, buyers passed over }: 0 done, 1 replay, 2 mismatch, 10 no such order, 11 nothing to refund
--- @include ops
--- @include order
-- args: { field, fingerprint, orderId, no, reason, refundRef, returnUnits, actor, opId, opHorizonMs, idSeed }.
local state, stored = op_find(A.field, A.fingerprint)
if state == OP_REPLAY then return { 1, stored, {}, {} } end
if state == OP_MISMATCH then return { 2 } end
local o = order_read(A.no, A.orderId)
if not o then return { 10 } end
local from = o.state
if from ~= 'PAID' and from ~= 'CANCELLED' and from ~= 'REFUND_REQUIRED' then return { 11 } end

local fields = { reason = A.reason, refundedAtMs = int(NOW), refundRef = A.refundRef }
-- A payment that came too late never got units.
local returns = A.returnUnits == true and from ~= 'REFUND_REQUIRED' and not o.unitsReturned
if returns then
  order_move(o, 'sold', 'available')
  fields.unitsReturned = '1'
end
local json = order_save(o, 'REFUNDED', fields)
order_fact('order-refunded', o, from, A.actor, A.opId, ',"unitsReturned":' .. tostring(returns) .. ',"reason":'
  .. cjson.encode(A.reason) .. ',"refundRef":' .. text_or_null(A.refundRef))
sales_save()
op_store(A.field, A.fingerprint, json, A.opHorizonMs)
return done(0, json)
