-- Included by every script that reads or changes orders. Needs kernel.lua, K.due and K.orders (a prefix).
--- @include kernel
--- @include args

-- Orders that this call made or changed, as JSON, for their buyers to be told of.
local CHANGED = {}
-- Buyers whose turn came in vain, for them to be told: JSON.
local PASSED_OVER = {}

local function due_expire(no) return 'order:expire:' .. int(no) end
-- `no` as a number or as text.
local function order_key(no) return K.orders .. ':' .. int(no) end

local function text_or_null(value) return value and cjson.encode(value) or 'null' end

-- The whole record, as shared/trade/order.ts has it.
local function order_json(o)
  return '{"orderId":"' .. o.orderId .. '","no":' .. o.no .. ',"userId":"' .. o.userId .. '","state":"' .. o.state
    .. '","source":"' .. o.source .. '","lines":' .. o.lines .. ',"amountMinor":' .. o.amountMinor .. ',"currency":"'
    .. o.currency .. '","createdAtMs":' .. o.createdAtMs .. ',"holdExpiresAtMs":' .. o.holdExpiresAtMs
    .. ',"updatedAtMs":' .. o.updatedAtMs .. ',"paidAtMs":' .. (o.paidAtMs or 'null') .. ',"fulfilledAtMs":'
    .. (o.fulfilledAtMs or 'null') .. ',"cancelledAtMs":' .. (o.cancelledAtMs or 'null') .. ',"refundedAtMs":'
    .. (o.refundedAtMs or 'null') .. ',"paymentRef":' .. text_or_null(o.paymentRef) .. ',"late":'
    .. (o.late and 'true' or 'false') .. ',"reason":' .. text_or_null(o.reason) .. ',"refundRef":'
    .. text_or_null(o.refundRef) .. ',"trackingRef":' .. text_or_null(o.trackingRef) .. ',"unitsReturned":'
    .. (o.unitsReturned and 'true' or 'false') .. '}'
end

-- An order by number, fields as text; nil unless it has this id, or, with `user`, is theirs.
local function order_read(no, id, user)
  local flat = redis.call('HGETALL', order_key(no))
  local o = {}
  for i = 1, #flat, 2 do o[flat[i]] = flat[i + 1] end
  if not o.orderId or (id and o.orderId ~= id) or (user and o.userId ~= user) then return nil end
  return o
end

-- What the order of this number was when it was made: the first result of the opId that made it.
local function order_as_held(no)
  local o = order_read(no)
  return order_json({
    orderId = o.orderId, no = o.no, userId = o.userId, state = 'HELD', source = o.source, lines = o.lines,
    amountMinor = o.amountMinor, currency = o.currency, createdAtMs = o.createdAtMs,
    holdExpiresAtMs = o.holdExpiresAtMs, updatedAtMs = o.createdAtMs,
  })
end

local function order_fact_json(o, from, more)
  return '{"orderId":"' .. o.orderId .. '","no":' .. o.no .. ',"userId":"' .. o.userId
    .. '","from":' .. (from and '"' .. from .. '"' or 'null') .. ',"to":"' .. o.state .. '","lines":' .. o.lines
    .. ',"amountMinor":' .. o.amountMinor .. ',"currency":"' .. o.currency .. '"' .. (more or '') .. '}'
end

local function order_fact(kind, o, from, actor, op_id, more)
  fact(kind, actor, op_id, order_fact_json(o, from, more))
end

-- Sets the state and these fields, which are text: the writing half of a transition.
local function order_save(o, state, fields)
  o.state = state
  o.updatedAtMs = int(NOW)
  local flat = { 'state', state, 'updatedAtMs', o.updatedAtMs }
  for name, value in pairs(fields or {}) do
    o[name] = value
    flat[#flat + 1] = name
    flat[#flat + 1] = value
  end
  redis.call('HSET', order_key(o.no), unpack(flat))
  if state ~= 'HELD' then redis.call('ZREM', K.due, due_expire(o.no)) end
  local json = order_json(o)
  CHANGED[#CHANGED + 1] = json
  return json
end

-- The reply of a script that is done: code, result, orders to tell of, buyers passed over.
local function done(code, json) return { code, json, CHANGED, PASSED_OVER } end
