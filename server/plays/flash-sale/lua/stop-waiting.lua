--- stop-waiting: a buyer leaves the line.
--- KEYS head events ledger ops opAges due sales salesRunning orders ordersOf strikes
--- ARGV nowMs args rules
--- Returns { code, '' }: 0 done, 1 replay, 2 mismatch, 10 no sale, 11 not in line
--- @include ops
--- @include order
-- args: { field, fingerprint, saleId, user, opId, opHorizonMs }.
local state = op_find(A.field, A.fingerprint)
if state == OP_REPLAY then return { 1, '' } end
if state == OP_MISMATCH then return { 2 } end
local sale = sale_read(A.saleId)
if not sale then return { 10 } end
local rank = redis.call('ZRANK', sale.key .. ':waitlist', A.user)
if not rank then return { 11 } end
waitlist_remove(sale, A.user, rank + 1, A.user, A.opId, 'left')
op_store(A.field, A.fingerprint, '', A.opHorizonMs)
return { 0, '' }
