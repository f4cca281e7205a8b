-- Included by every script that makes orders, or moves their units. Needs sale.lua, strikes.lua, K.sanctions, K.orders and
-- K.ordersOf (prefixes), A.idSeed: fresh randomness of the caller.
--- @include order-record
--- @include sale
--- @include strikes
--- @include standing

-- Offers in one call: a larger line goes on with the due queue.
local OFFERS_MAX = 100

-- What is kept under an opId that took units: '<order number> <seq>', so that a retry is told the verdict of
-- then, not of now. Returns both as numbers.
local function held_result(stored)
  local no, seq = string.match(stored, '^(%d+) (%d+)$')
  return tonumber(no), tonumber(seq)
end

local function last_seq() return EMITTED or tonumber(redis.call('HGET', K.head, 'seq') or 0) end

-- Moves the units of an order from one column of its sales to another.
local function order_move(o, from, to)
  for _, line in ipairs(cjson.decode(o.lines)) do
    local sale = sale_read(line.saleId)
    sale[from] = sale[from] - line.quantity
    if to == 'available' then sale_return(sale, line.quantity) else sale[to] = sale[to] + line.quantity end
    if to == 'available' then redis.call('HINCRBY', buyers_key(sale), o.userId, -line.quantity) end
    if from == 'available' then redis.call('HINCRBY', buyers_key(sale), o.userId, line.quantity) end
    sale_touch(sale)
  end
end

-- A line of an order as JSON, made once for each quantity.
local function sale_line(sale, quantity)
  local lines = sale_terms(sale).lineJson
  if not lines then
    lines = {}
    sale.lineJson = lines
  end
  if not lines[quantity] then
    lines[quantity] = '{"saleId":"' .. sale.saleId .. '","productId":"' .. sale.productId .. '","title":'
      .. sale.titleJson .. ',"quantity":' .. int(quantity) .. ',"priceMinor":' .. int(sale.priceMinor) .. '}'
  end
  return lines[quantity]
end

-- An order whose units are there, as a record; moves them in the tables of their sales. Lines are { sale, quantity }.
-- Writes nothing: see orders_write.
local function order_make(no, user, source, lines, hold_ms)
  local amount, parts = 0, {}
  for i, line in ipairs(lines) do
    local sale, quantity = line[1], line[2]
    parts[i] = sale_line(sale, quantity)
    amount = amount + quantity * sale.priceMinor
    sale.available = sale.available - quantity
    sale.held = sale.held + quantity
    sale_touch(sale)
  end
  local now, number = int(NOW), int(no)
  return {
    no = number, userId = user, state = 'HELD', source = source, lines = '[' .. table.concat(parts, ',') .. ']',
    orderId = 'o' .. number .. '-' .. string.sub(redis.sha1hex(A.idSeed .. number), 1, 12),
    amountMinor = int(amount), currency = lines[1][1].currency,
    createdAtMs = now, updatedAtMs = now, holdExpiresAtMs = int(NOW + hold_ms),
  }
end

-- Numbers for the next orders; returns the first.
local function order_numbers(count) return redis.call('HINCRBY', K.head, 'order', count) - count + 1 end

-- Writes new orders, each of { order, actor, op_id }: all but the stock and what buyers have. What they share goes in
-- one command. Returns the JSON of each.
local function orders_write(made)
  local first = fact_numbers(#made)
  local due, jsons = {}, {}
  for i, one in ipairs(made) do
    local o = one[1]
    redis.call('HSET', order_key(o.no), 'orderId', o.orderId, 'no', o.no, 'userId', o.userId, 'state', o.state, 'source',
      o.source, 'lines', o.lines, 'amountMinor', o.amountMinor, 'currency', o.currency, 'createdAtMs', o.createdAtMs,
      'updatedAtMs', o.updatedAtMs, 'holdExpiresAtMs', o.holdExpiresAtMs)
    redis.call('ZADD', K.ordersOf .. ':' .. o.userId, o.no, o.no)
    fact_put(first + i - 1, 'order-held', one[2], one[3],
      order_fact_json(o, nil, ',"source":"' .. o.source .. '","holdExpiresAtMs":' .. o.holdExpiresAtMs))
    due[2 * i - 1] = o.holdExpiresAtMs
    due[2 * i] = due_expire(o.no)
    jsons[i] = order_json(o)
    CHANGED[#CHANGED + 1] = jsons[i]
  end
  redis.call('ZADD', K.due, unpack(due))
  return jsons
end

-- One order. Writes all of it but the stock. Returns its JSON and its number.
local function order_create(user, source, lines, hold_ms, actor, op_id)
  local no = order_numbers(1)
  local o = order_make(no, user, source, lines, hold_ms)
  for _, line in ipairs(lines) do redis.call('HINCRBY', buyers_key(line[1]), user, line[2]) end
  return orders_write({ { o, actor, op_id } })[1], no
end

-- One buyer leaves the line.
local function waitlist_remove(sale, user, position, actor, op_id, reason)
  redis.call('ZREM', sale.key .. ':waitlist', user)
  sale.waiting = sale.waiting - 1
  redis.call('HSET', sale.key, 'waiting', int(sale.waiting))
  emit('flash-sale:waitlist-left', '{"saleId":"' .. sale.saleId .. '","position":' .. int(position) .. ',"waiting":'
    .. int(sale.waiting) .. '}')
  fact('waitlist-left', actor, op_id, '{"saleId":"' .. sale.saleId .. '","userId":"' .. user .. '","reason":"'
    .. reason .. '"}')
end

-- Units that came back go to the first in line, then to the next. Not while paused: sales_save looks at a line
-- again once the sale goes on.
local function waitlist_serve(sale)
  if sale.phase == 'paused' then return end
  for _ = 1, OFFERS_MAX do
    if sale.waiting == 0 or sale.available == 0 then break end
    local user = redis.call('ZRANGE', sale.key .. ':waitlist', 0, 0)[1]
    local taken = tonumber(redis.call('HGET', buyers_key(sale), user)) or 0
    local refusal = nil
    if taken + 1 > sale.limitPerBuyer then refusal = 'LIMIT_REACHED' end
    if paused_for(redis.call('HGET', K.strikes, user)) > 0 then refusal = 'TOO_MANY_HOLDS' end
    if banned(user) then refusal = 'BANNED' end
    waitlist_remove(sale, user, 1, 'system', '', refusal or 'offered')
    if refusal then
      PASSED_OVER[#PASSED_OVER + 1] = '{"userId":"' .. user .. '","saleId":"' .. sale.saleId .. '","reason":"' .. refusal
        .. '"}'
    else
      order_create(user, 'waitlist', { { sale, 1 } }, rules().offerMs, 'system', '')
    end
  end
  if sale.waiting > 0 and sale.available > 0 then
    redis.call('ZADD', K.due, int(NOW), due_offer(sale.saleId))
  else
    redis.call('ZREM', K.due, due_offer(sale.saleId))
    if sale.phase == 'ended' and sale.held == 0 then waitlist_close(sale) end
  end
end

-- Writes every sale that was touched, after those in line had their turn. The last step of a script.
local function sales_save()
  for _, sale in ipairs(TOUCHED) do
    if sale.waiting > 0 then waitlist_serve(sale) end
    sale_save(sale)
  end
end
