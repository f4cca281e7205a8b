--- tick: opens or closes a sale whose time has come.
--- KEYS head events ledger due sale salesRunning
--- ARGV nowMs saleId
--- Returns 1
--- @include kernel
--- @include sale
local sale = sale_read()
if sale then
  sale_tick(sale)
else
  redis.call('ZREM', K.due, due_open(ARGV[2]), due_close(ARGV[2]))
end
return 1
