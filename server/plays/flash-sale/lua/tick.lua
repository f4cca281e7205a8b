--- tick: opens or closes a sale whose time has come, or goes on serving its line.
--- KEYS head events ledger due sales salesRunning orders ordersOf strikes sanctions
--- ARGV nowMs args rules
--- Returns { 0, 'more' or '', orders to tell of, buyers passed over }: more of the line can be served at once
--- @include order
-- args: { saleId, idSeed }.
local sale = sale_read(A.saleId)
if sale then
  if redis.call('ZREM', K.due, due_offer(A.saleId)) == 1 then sale_touch(sale) end
  sales_save()
else
  redis.call('ZREM', K.due, due_open(A.saleId), due_close(A.saleId), due_offer(A.saleId))
end
return done(0, redis.call('ZSCORE', K.due, due_offer(A.saleId)) and 'more' or '')
