--- expire: ends holds of one sale whose deadline has passed; their units go back on sale.
--- KEYS head events ledger due sale buyers holds holders strikes
--- ARGV nowMs args
--- Returns pairs user, holdId of the holds that ended now
--- @include kernel
--- @include sale
-- args: { saleId, strikeWindowMs, strikePauseMs, holdIds[] }. Re-checks each deadline: pollers may be early or late, or two.
local a = cjson.decode(ARGV[2])
local sale = sale_read()
local ended, units = {}, 0

for _, id in ipairs(a.holdIds) do
  local json = redis.call('HGET', K.holds, id)
  local hold = json and cjson.decode(json)
  if not hold then
    redis.call('ZREM', K.due, due_expire(a.saleId, id))
  elseif hold.holdExpiresAtMs <= NOW then
    local user, quantity = hold.userId, hold.quantity
    units = units + quantity
    redis.call('HDEL', K.holds, id)
    redis.call('ZREM', K.due, due_expire(a.saleId, id))
    redis.call('HINCRBY', K.buyers, user, -quantity)
    local left = {}
    for other in string.gmatch(redis.call('HGET', K.holders, user) or '', '[^,]+') do
      if other ~= id then left[#left + 1] = other end
    end
    if #left == 0 then redis.call('HDEL', K.holders, user) else redis.call('HSET', K.holders, user, table.concat(left, ',')) end
    local strikes = { int(NOW) }
    for at in string.gmatch(redis.call('HGET', K.strikes, user) or '', '%d+') do
      if tonumber(at) > NOW - a.strikeWindowMs then strikes[#strikes + 1] = at end
    end
    redis.call('HSET', K.strikes, user, table.concat(strikes, ','))
    fact('hold-expired', user, '', '{"holdId":"' .. id .. '","saleId":"' .. a.saleId .. '","quantity":' .. int(quantity) .. '}')
    ended[#ended + 1] = user
    ended[#ended + 1] = id
  end
end
if units > 0 then
  redis.call('PEXPIRE', K.strikes, a.strikeWindowMs + a.strikePauseMs)
  sale.held = sale.held - units
  sale_return(sale, units)
  sale_write_stock(sale)
  emit_stock(sale)
end
return ended
