--- steer: the host opens, pauses, resumes, extends, restocks or closes a sale.
--- KEYS head events ledger ops opAges due sale salesRunning
--- ARGV nowMs field fingerprint args
--- Returns { code, saleId }: 0 done, 1 replay, 2 mismatch, 10 no such sale, 11 wrong phase, 12 too much stock
--- @include kernel
--- @include ops
--- @include sale
-- args: { verb, saleId, byMs, units, stockMax, actor, opId, opHorizonMs }.
local a = cjson.decode(ARGV[4])
local state, stored = op_find(ARGV[2], ARGV[3])
if state == OP_REPLAY then return { 1, stored } end
if state == OP_MISMATCH then return { 2 } end
local sale = sale_read()
if not sale then return { 10 } end
sale_tick(sale)

local function allowed(...)
  for _, phase in ipairs({ ... }) do if sale.phase == phase then return true end end
  return false
end
local id_json = '{"saleId":"' .. a.saleId .. '"'
local verbs = {}

function verbs.open()
  if not allowed('scheduled') then return 11 end
  sale_open(sale, a.actor, a.opId, NOW)
  return 0
end

local function set_phase(phase, event, kind)
  redis.call('HSET', K.sale, 'phase', phase)
  emit(event, id_json .. '}')
  fact(kind, a.actor, a.opId, id_json .. '}')
  return 0
end

function verbs.pause()
  if not allowed('open') then return 11 end
  return set_phase('paused', 'flash-sale:paused', 'sale-paused')
end

function verbs.resume()
  if not allowed('paused') then return 11 end
  return set_phase('open', 'flash-sale:resumed', 'sale-resumed')
end

function verbs.extend()
  if not allowed('open', 'paused') then return 11 end
  local ends = sale.endsAtMs + a.byMs
  redis.call('HSET', K.sale, 'endsAtMs', int(ends))
  redis.call('ZADD', K.due, int(ends), due_close(a.saleId))
  local data = id_json .. ',"endsAtMs":' .. int(ends) .. '}'
  emit('flash-sale:extended', data)
  fact('sale-extended', a.actor, a.opId, data)
  return 0
end

function verbs.restock()
  if not allowed('scheduled', 'open', 'paused') then return 11 end
  if sale.total + a.units > a.stockMax then return 12 end
  sale_return(sale, a.units)
  sale.total = sale.total + a.units
  sale_write_stock(sale)
  fact('restocked', a.actor, a.opId, id_json .. ',"units":' .. int(a.units) .. '}')
  emit_stock(sale)
  return 0
end

function verbs.close()
  if not allowed('scheduled', 'open', 'paused') then return 11 end
  sale_close(sale, a.actor, a.opId, 'host')
  return 0
end

local code = verbs[a.verb]()
if code ~= 0 then return { code } end
op_store(ARGV[2], ARGV[3], a.saleId, a.opHorizonMs)
return { 0, a.saleId }
