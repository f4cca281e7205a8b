--- expire: ends holds whose deadline has passed; their units go back on sale, or to those in line.
--- KEYS head events ledger due sales salesRunning orders ordersOf strikes sanctions
--- ARGV nowMs args rules
--- Returns { 0, '', orders to tell of, buyers passed over }
--- @include order
-- args: { nos[], idSeed }. Re-checks each deadline: pollers may be early or late, or two.
for _, no in ipairs(A.nos) do
  local o = order_read(no)
  if not o or o.state ~= 'HELD' then
    redis.call('ZREM', K.due, due_expire(no))
  elseif tonumber(o.holdExpiresAtMs) <= NOW then
    order_move(o, 'held', 'available')
    -- An offer came unasked: nobody is punished for missing it.
    if o.source ~= 'waitlist' then strike(o.userId) end
    order_save(o, 'EXPIRED')
    order_fact('order-expired', o, 'HELD', 'system', '')
  end
end
sales_save()
return done(0, '')
