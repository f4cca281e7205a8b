-- Included by every script that moves units. Needs K.head, K.events, K.ledger, K.due, K.sales and
-- K.salesRunning. Sale hashes lie beside their index: same slot, same prefix.
--- @include kernel
--- @include args

-- The sales that this call looks at, read once; written by sales_save.
local SALES, TOUCHED = {}, {}

local function due_open(sale_id) return 'flash-sale:open:' .. sale_id end
local function due_close(sale_id) return 'flash-sale:close:' .. sale_id end
local function due_offer(sale_id) return 'flash-sale:offer:' .. sale_id end
local function buyers_key(sale) return sale.key .. ':buyers' end

-- A scheduled sale starts to take grabs, at its time or when the host says so.
local function sale_open(sale, actor, op_id, at)
  sale.phase = 'open'
  sale.opensAtMs = at
  sale.endsAtMs = at + sale.durationMs
  redis.call('HSET', sale.key, 'phase', 'open', 'opensAtMs', int(at), 'endsAtMs', int(sale.endsAtMs))
  redis.call('ZREM', K.due, due_open(sale.saleId))
  redis.call('ZADD', K.due, int(sale.endsAtMs), due_close(sale.saleId))
  local times = '{"saleId":"' .. sale.saleId .. '","opensAtMs":' .. int(at) .. ',"endsAtMs":' .. int(sale.endsAtMs) .. '}'
  emit('flash-sale:opened', times)
  fact('sale-opened', actor, op_id, times)
end

-- Nobody can get a unit any more: the line is gone.
local function waitlist_close(sale)
  if sale.waiting == 0 then return end
  sale.waiting = 0
  redis.call('DEL', sale.key .. ':waitlist')
  redis.call('HSET', sale.key, 'waiting', '0')
  redis.call('ZREM', K.due, due_offer(sale.saleId))
  local data = '{"saleId":"' .. sale.saleId .. '"}'
  emit('flash-sale:waitlist-closed', data)
  fact('waitlist-closed', 'system', '', data)
end

local function sale_close(sale, actor, op_id, reason)
  local stopped = reason == 'host' or sale.phase == 'paused'
  sale.phase = 'ended'
  if NOW < sale.endsAtMs then sale.endsAtMs = NOW end
  redis.call('HSET', sale.key, 'phase', 'ended', 'endsAtMs', int(sale.endsAtMs))
  redis.call('ZREM', K.due, due_open(sale.saleId), due_close(sale.saleId))
  redis.call('SREM', K.salesRunning, sale.saleId)
  local ended = '{"saleId":"' .. sale.saleId .. '","reason":"' .. reason .. '","endsAtMs":' .. int(sale.endsAtMs) .. '}'
  emit('flash-sale:closed', ended)
  fact('sale-closed', actor, op_id, ended)
  -- What buyers still hold may come back to those in line. Where the host's last word was no, nothing is offered.
  if stopped or (sale.held == 0 and sale.available == 0) then waitlist_close(sale) end
end

-- What a sale is at this moment, whether or not its due action has run yet: the clock decides, not the poller.
local function sale_tick(sale)
  if sale.phase == 'scheduled' and NOW >= sale.opensAtMs then sale_open(sale, 'system', '', sale.opensAtMs) end
  if (sale.phase == 'open' or sale.phase == 'paused') and NOW >= sale.endsAtMs then
    sale_close(sale, 'system', '', 'time')
  end
end

-- A sale as it is at this moment: its hash as a table, numbers as numbers; nil when there is none. Whatever a script
-- does to it comes after its opening or end, if those are due.
local function sale_read(id)
  if SALES[id] then return SALES[id] end
  local key = K.sales .. ':' .. id
  -- The order of schedule.lua: Redis finds the fields of a small hash by walking it.
  local f = redis.call('HMGET', key, 'phase', 'available', 'held', 'sold', 'total', 'epoch', 'waiting', 'endsAtMs',
    'opensAtMs', 'durationMs', 'limitPerBuyer')
  if not f[1] then return nil end
  local sale = {
    key = key, saleId = id, phase = f[1], available = f[2] + 0, held = f[3] + 0, sold = f[4] + 0, total = f[5] + 0,
    epoch = f[6] + 0, waiting = f[7] + 0, endsAtMs = f[8] + 0, opensAtMs = f[9] + 0, durationMs = f[10] + 0,
    limitPerBuyer = f[11] + 0, availableBefore = f[2] + 0,
  }
  SALES[id] = sale
  sale_tick(sale)
  return sale
end

-- What one buys in a sale, and how: needed where units are taken. Returns the sale.
local function sale_terms(sale)
  if sale.productId then return sale end
  local f = redis.call('HMGET', sale.key, 'holdMs', 'guard', 'priceMinor', 'currency', 'productId', 'title',
    'earlyLevel', 'earlyMs')
  sale.holdMs, sale.guard, sale.priceMinor, sale.currency = f[1] + 0, f[2], f[3] + 0, f[4]
  sale.productId, sale.titleJson = f[5], cjson.encode(f[6])
  sale.earlyLevel, sale.earlyMs = tonumber(f[7] or '0'), tonumber(f[8] or '0')
  return sale
end

-- For how long the sale is still for fans of its level only.
local function sale_early_ms(sale) return math.max(0, sale.opensAtMs + sale_terms(sale).earlyMs - NOW) end

-- Level of a fan, 0 for anybody else. Needs K.fans.
local function fan_level(user)
  return tonumber(string.match(redis.call('HGET', K.fans, user) or '', '^%d+') or '0')
end

-- Units that nobody has a claim on: those in line come first.
local function sale_free(sale) return sale.available - sale.waiting end

-- Units come back, or are added. A sold-out sale that has units again starts a new epoch.
local function sale_return(sale, units)
  if sale.available == 0 and units > 0 then sale.epoch = sale.epoch + 1 end
  sale.available = sale.available + units
end

-- To be written by sales_save.
local function sale_touch(sale)
  if TOUCHED[sale.saleId] then return end
  TOUCHED[sale.saleId] = true
  TOUCHED[#TOUCHED + 1] = sale
end

-- Writes the stock of one sale and tells of it.
local function sale_save(sale)
  local total, available, held = int(sale.total), int(sale.available), int(sale.held)
  local sold, epoch = int(sale.sold), int(sale.epoch)
  redis.call('HSET', sale.key, 'available', available, 'held', held, 'sold', sold, 'total', total, 'epoch', epoch)
  emit('flash-sale:stock-changed', '{"saleId":"' .. sale.saleId .. '","total":' .. total .. ',"available":' .. available
    .. ',"held":' .. held .. ',"sold":' .. sold .. ',"epoch":' .. epoch .. '}')
  if sale.available == 0 and sale.availableBefore > 0 then
    fact('sale-sold-out', 'system', '', '{"saleId":"' .. sale.saleId .. '","epoch":' .. int(sale.epoch) .. '}')
  end
  sale.availableBefore = sale.available
end
