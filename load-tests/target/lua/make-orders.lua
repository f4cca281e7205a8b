--- make-orders: orders of one sale, each paid or given up at once, written as the server's own scripts write them.
--- KEYS head events ledger due sales salesRunning orders ordersOf strikes
--- ARGV nowMs args
--- Returns the number of the last fact
--- @include order
-- args: { saleId, from, orders, users, idSeed }. `from`: number of the first, for ids of users and operations.
local sale = sale_terms(sale_read(A.saleId))
for i = A.from, A.from + A.orders - 1 do
  local user = 'user-' .. int(i % A.users)
  order_create(user, 'grab', { { sale, 1 } }, sale.holdMs, user, 'load-grab-' .. int(i))
  local o = order_read(redis.call('HGET', K.head, 'order'))
  if i % 2 == 0 then
    order_move(o, 'held', 'sold')
    order_save(o, 'PAID', { paymentRef = 'load-payment-' .. int(i), paidAtMs = int(NOW) })
    order_fact('order-paid', o, 'HELD', '@load', 'load-pay-' .. int(i), ',"paymentRef":"load-payment-' .. int(i) .. '"')
  else
    order_move(o, 'held', 'available')
    order_save(o, 'RELEASED')
    order_fact('order-released', o, 'HELD', user, 'load-give-up-' .. int(i), ',"by":"buyer","reason":null')
  end
end
sale_save(sale)
return tonumber(redis.call('HGET', K.head, 'fact'))
