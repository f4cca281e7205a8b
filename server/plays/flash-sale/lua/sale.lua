-- Included by every script that changes a sale. Needs kernel.lua, K.sale, K.due, and
-- K.salesRunning where a sale may open or close.

local STOCK = { 'total', 'available', 'held', 'sold', 'epoch' }

-- A sale's hash as a table, numbers as numbers; nil when there is none.
local function sale_read()
  local flat = redis.call('HGETALL', K.sale)
  if #flat == 0 then return nil end
  local sale = {}
  for i = 1, #flat, 2 do sale[flat[i]] = flat[i + 1] end
  for _, field in ipairs(STOCK) do sale[field] = tonumber(sale[field]) end
  for _, field in ipairs({ 'opensAtMs', 'endsAtMs', 'durationMs', 'limitPerBuyer', 'holdMs' }) do
    sale[field] = tonumber(sale[field])
  end
  return sale
end

local function due_open(sale_id) return 'flash-sale:open:' .. sale_id end
local function due_close(sale_id) return 'flash-sale:close:' .. sale_id end
local function due_expire(sale_id, hold_id) return 'flash-sale:expire:' .. sale_id .. '/' .. hold_id end

local function emit_stock(sale)
  emit('flash-sale:stock-changed', '{"saleId":"' .. sale.saleId .. '","total":' .. int(sale.total)
    .. ',"available":' .. int(sale.available) .. ',"held":' .. int(sale.held) .. ',"sold":' .. int(sale.sold)
    .. ',"epoch":' .. int(sale.epoch) .. '}')
end

-- Units come back, or are added. A sold-out sale that has units again starts a new epoch.
local function sale_return(sale, units)
  if sale.available == 0 and units > 0 then sale.epoch = sale.epoch + 1 end
  sale.available = sale.available + units
end

local function sale_write_stock(sale)
  redis.call('HSET', K.sale, 'total', int(sale.total), 'available', int(sale.available), 'held', int(sale.held),
    'sold', int(sale.sold), 'epoch', int(sale.epoch))
end

-- A scheduled sale starts to take grabs, at its time or when the host says so.
local function sale_open(sale, actor, op_id, at)
  sale.phase = 'open'
  sale.opensAtMs = at
  sale.endsAtMs = at + sale.durationMs
  redis.call('HSET', K.sale, 'phase', 'open', 'opensAtMs', int(at), 'endsAtMs', int(sale.endsAtMs))
  redis.call('ZREM', K.due, due_open(sale.saleId))
  redis.call('ZADD', K.due, int(sale.endsAtMs), due_close(sale.saleId))
  local times = '{"saleId":"' .. sale.saleId .. '","opensAtMs":' .. int(at) .. ',"endsAtMs":' .. int(sale.endsAtMs) .. '}'
  emit('flash-sale:opened', times)
  fact('sale-opened', actor, op_id, times)
end

local function sale_close(sale, actor, op_id, reason)
  sale.phase = 'ended'
  if NOW < sale.endsAtMs then sale.endsAtMs = NOW end
  redis.call('HSET', K.sale, 'phase', 'ended', 'endsAtMs', int(sale.endsAtMs))
  redis.call('ZREM', K.due, due_open(sale.saleId), due_close(sale.saleId))
  redis.call('SREM', K.salesRunning, sale.saleId)
  local ended = '{"saleId":"' .. sale.saleId .. '","reason":"' .. reason .. '","endsAtMs":' .. int(sale.endsAtMs) .. '}'
  emit('flash-sale:closed', ended)
  fact('sale-closed', actor, op_id, ended)
end

-- What a sale is at this moment, whether or not its due action has run yet: the clock decides, not the poller.
local function sale_tick(sale)
  if sale.phase == 'scheduled' and NOW >= sale.opensAtMs then sale_open(sale, 'system', '', sale.opensAtMs) end
  if (sale.phase == 'open' or sale.phase == 'paused') and NOW >= sale.endsAtMs then
    sale_close(sale, 'system', '', 'time')
  end
end
