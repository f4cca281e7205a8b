--- grab: decides a batch of grabs of one sale, in order, each all or nothing.
--- KEYS head events ledger ops opAges due sale salesRunning buyers holds holders strikes
--- ARGV nowMs args
--- Returns one { code, detail } a grab: 0 held { hold JSON }, 1 replay { hold JSON }, 2 mismatch, 10 no sale, 11 not open { opensAtMs - now }, 12 paused, 13 ended, 14 too many unpaid { ms to wait }, 15 limit, 16 sold out
--- @include kernel
--- @include ops
--- @include sale
-- args: { saleId, opHorizonMs, strikeMax, strikeWindowMs, strikePauseMs, grabs: [[user, opId, fingerprint, quantity, holdId]] }.
-- Everything is decided on local tables first; the writes come last and can't fail halfway.
local a = cjson.decode(ARGV[2])
local grabs = a.grabs
local results = {}

local sale = sale_read()
if not sale then
  for i = 1, #grabs do results[i] = { 10 } end
  return results
end
sale_tick(sale)

-- One read each for all callers: what they did before, what they have, what they left unpaid.
local fields, users = {}, {}
for i, g in ipairs(grabs) do
  fields[i] = g[1] .. ' ' .. g[2]
  users[i] = g[1]
end
local op_values = redis.call('HMGET', K.ops, unpack(fields))
local bought = redis.call('HMGET', K.buyers, unpack(users))
local strike_lists = redis.call('HMGET', K.strikes, unpack(users))

local ops, taken = {}, {}
for i = 1, #grabs do
  ops[fields[i]] = op_values[i]
  taken[users[i]] = tonumber(bought[i]) or 0
end

local function paused_for(list)
  if not list then return 0 end
  local count, last = 0, 0
  for at in string.gmatch(list, '%d+') do
    local t = tonumber(at)
    if t > NOW - a.strikeWindowMs then
      count = count + 1
      if t > last then last = t end
    end
  end
  if count < a.strikeMax then return 0 end
  return math.max(0, last + a.strikePauseMs - NOW)
end

local holds = {}
local function decide(i, g)
  local user, quantity = g[1], g[4]
  local state, stored = op_compare(ops[fields[i]], g[3])
  if state == OP_REPLAY then return { 1, stored } end
  if state == OP_MISMATCH then return { 2 } end
  if sale.phase == 'scheduled' then return { 11, int(sale.opensAtMs - NOW) } end
  if sale.phase == 'paused' then return { 12 } end
  if sale.phase == 'ended' then return { 13 } end
  local wait = paused_for(strike_lists[i])
  if wait > 0 then return { 14, int(wait) } end
  if taken[user] + quantity > sale.limitPerBuyer then return { 15 } end
  if quantity > sale.available then return { 16 } end

  sale.available = sale.available - quantity
  sale.held = sale.held + quantity
  taken[user] = taken[user] + quantity
  local expires = NOW + sale.holdMs
  local hold = '{"holdId":"' .. g[5] .. '","saleId":"' .. sale.saleId .. '","quantity":' .. int(quantity)
    .. ',"priceMinor":' .. sale.priceMinor .. ',"holdExpiresAtMs":' .. int(expires) .. '}'
  -- A second grab with this opId in the same batch is a retry.
  ops[fields[i]] = g[3] .. ' ' .. hold
  holds[#holds + 1] = { i = i, user = user, opId = g[2], id = g[5], json = hold, expires = expires, fp = g[3] }
  return { 0, hold }
end
for i, g in ipairs(grabs) do results[i] = decide(i, g) end
if #holds == 0 then return results end

sale_write_stock(sale)
for _, h in ipairs(holds) do
  redis.call('HSET', K.buyers, h.user, int(taken[h.user]))
  redis.call('HSET', K.holds, h.id, '{"userId":"' .. h.user .. '",' .. string.sub(h.json, 2))
  local ids = redis.call('HGET', K.holders, h.user)
  redis.call('HSET', K.holders, h.user, ids and (ids .. ',' .. h.id) or h.id)
  redis.call('ZADD', K.due, int(h.expires), due_expire(sale.saleId, h.id))
  fact('held', h.user, h.opId, h.json)
  op_store(fields[h.i], h.fp, h.json, a.opHorizonMs)
end
emit_stock(sale)
return results
