--- steer: the host opens, pauses, resumes, extends, restocks or closes a sale; the merchant corrects its stock.
--- KEYS head events ledger ops opAges due sales salesRunning orders ordersOf strikes sanctions
--- ARGV nowMs args rules
--- Returns { code, saleId, orders to tell of, buyers passed over }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no such sale, 11 wrong phase, 12 too much stock, 13 not that many available
--- @include ops
--- @include order
-- args: { field, fingerprint, verb, saleId, byMs, units, stockMax, reason, actor, opId, opHorizonMs, idSeed }.
local early = op_begin(A.field, A.fingerprint)
if early then return early end
local sale = sale_read(A.saleId)
if not sale then return { 10 } end

local function allowed(...)
  for _, phase in ipairs({ ... }) do if sale.phase == phase then return true end end
  return false
end
local id_json = '{"saleId":"' .. A.saleId .. '"'
local verbs = {}

function verbs.open()
  if not allowed('scheduled') then return 11 end
  sale_open(sale, A.actor, A.opId, NOW)
  return 0
end

local function set_phase(phase, event, kind)
  sale.phase = phase
  redis.call('HSET', sale.key, 'phase', phase)
  emit(event, id_json .. '}')
  fact(kind, A.actor, A.opId, id_json .. '}')
  return 0
end

function verbs.pause()
  if not allowed('open') then return 11 end
  return set_phase('paused', 'flash-sale:paused', 'sale-paused')
end

function verbs.resume()
  if not allowed('paused') then return 11 end
  -- What came back meanwhile goes to those in line.
  if sale.waiting > 0 and sale.available > 0 then sale_touch(sale) end
  return set_phase('open', 'flash-sale:resumed', 'sale-resumed')
end

function verbs.extend()
  if not allowed('open', 'paused') then return 11 end
  sale.endsAtMs = sale.endsAtMs + A.byMs
  redis.call('HSET', sale.key, 'endsAtMs', int(sale.endsAtMs))
  redis.call('ZADD', K.due, int(sale.endsAtMs), due_close(A.saleId))
  local data = id_json .. ',"endsAtMs":' .. int(sale.endsAtMs) .. '}'
  emit('flash-sale:extended', data)
  fact('sale-extended', A.actor, A.opId, data)
  return 0
end

local function stock_fact(kind, units)
  fact(kind, A.actor, A.opId, id_json .. ',"units":' .. int(units) .. ',"reason":'
    .. (A.reason and cjson.encode(A.reason) or 'null') .. '}')
end

local function add(units)
  if sale.total + units > A.stockMax then return 12 end
  sale_return(sale, units)
  sale.total = sale.total + units
  stock_fact('restocked', units)
  sale_touch(sale)
  return 0
end

function verbs.restock()
  if not allowed('scheduled', 'open', 'paused') then return 11 end
  return add(A.units)
end

-- In every phase: stock is what lies on the merchant's shelf, whether or not it is for sale now.
function verbs.correct()
  if A.units > 0 then return add(A.units) end
  if -A.units > sale_free(sale) then return 13 end
  sale.available = sale.available + A.units
  sale.total = sale.total + A.units
  stock_fact('written-off', -A.units)
  sale_touch(sale)
  return 0
end

function verbs.close()
  if not allowed('scheduled', 'open', 'paused') then return 11 end
  sale_close(sale, A.actor, A.opId, 'host')
  return 0
end

local code = verbs[A.verb]()
if code ~= 0 then return { code } end
sales_save()
op_store(A.field, A.fingerprint, A.saleId, A.opHorizonMs)
return done(0, A.saleId)
