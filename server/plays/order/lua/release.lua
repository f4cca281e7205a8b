--- release: a buyer gives up a hold.
--- KEYS head events ledger ops opAges due sales salesRunning orders ordersOf strikes sanctions
--- ARGV nowMs args rules
--- Returns { code, order JSON, orders to tell of, buyers passed over }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no such order, 11 not held
--- @include ops
--- @include order
-- args: { field, fingerprint, orderId, no, user, actor, opId, opHorizonMs, idSeed }.
local early = op_begin(A.field, A.fingerprint)
if early then return early end
local o = order_read(A.no, A.orderId, A.user)
if not o then return { 10 } end
if o.state ~= 'HELD' then return { 11 } end

order_move(o, 'held', 'available')
-- Whoever sits on units for most of the time has kept them from others, as if they had run out.
local half = (tonumber(o.createdAtMs) + tonumber(o.holdExpiresAtMs)) / 2
if o.source ~= 'waitlist' and NOW >= half then strike(o.userId) end
local json = order_save(o, 'RELEASED')
order_fact('order-released', o, 'HELD', A.actor, A.opId, ',"by":"buyer","reason":null')
sales_save()
op_store(A.field, A.fingerprint, json, A.opHorizonMs)
return done(0, json)
