--- stop-waiting: a buyer leaves the line.
--- KEYS head events ledger ops opAges due sales salesRunning orders ordersOf strikes sanctions
--- ARGV nowMs args rules
--- Returns { code, '' }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no sale, 11 not in line
--- @include ops
--- @include order
-- args: { field, fingerprint, saleId, user, opId, opHorizonMs }.
local early = op_begin(A.field, A.fingerprint)
if early then return early end
local sale = sale_read(A.saleId)
if not sale then return { 10 } end
local rank = redis.call('ZRANK', sale.key .. ':waitlist', A.user)
if not rank then return { 11 } end
waitlist_remove(sale, A.user, rank + 1, A.user, A.opId, 'left')
op_store(A.field, A.fingerprint, '', A.opHorizonMs)
return { 0, '' }
