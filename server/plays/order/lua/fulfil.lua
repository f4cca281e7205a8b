--- fulfil: the merchant has sent, or handed over, what was paid for.
--- KEYS head events ledger ops opAges due orders sanctions
--- ARGV nowMs args rules
--- Returns { code, order JSON, orders to tell of, buyers passed over }: 0 done, 1 replay, 2 mismatch, 10 no such order, 11 not paid, or fulfilled already
--- @include ops
--- @include order-record
-- args: { field, fingerprint, orderId, no, trackingRef, actor, opId, opHorizonMs, idSeed }.
local state, stored = op_find(A.field, A.fingerprint)
if state == OP_REPLAY then return { 1, stored, {}, {} } end
if state == OP_MISMATCH then return { 2 } end
local o = order_read(A.no, A.orderId)
if not o then return { 10 } end
if o.state ~= 'PAID' or o.fulfilledAtMs then return { 11 } end

local json = order_save(o, 'PAID', { fulfilledAtMs = int(NOW), trackingRef = A.trackingRef })
order_fact('order-fulfilled', o, 'PAID', A.actor, A.opId, ',"trackingRef":' .. text_or_null(A.trackingRef))
op_store(A.field, A.fingerprint, json, A.opHorizonMs)
return done(0, json)
