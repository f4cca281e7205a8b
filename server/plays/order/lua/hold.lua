--- hold: reserves units of several sales for one buyer, all or nothing.
--- KEYS head events ledger ops opAges due sales salesRunning orders ordersOf strikes sanctions fans
--- ARGV nowMs args rules
--- Returns { seq, nowMs, code, detail, line }: 0 held { order JSON }, 1 replay { order JSON; seq of then }, 2 mismatch, 3 banned, 10 no sale, 11 not open { ms until it opens }, 12 paused, 13 ended, 14 too many unpaid { ms to wait }, 15 limit, 16 sold out, 17 token or proof is missing, 18 amount too large, 19 fans first { ms until it is for all }
--- @include ops
--- @include order
-- args: { field, fingerprint, user, opId, opHorizonMs, idSeed, holdMs, amountMax,
-- lines: [[saleId, quantity, proof level]] }, one line a sale. `line` of a refusal counts from 0.
local function answer(code, detail, line)
  return { last_seq(), NOW, code, detail or '', line and line - 1 or -1 }
end

local state, stored = op_find(A.field, A.fingerprint)
if state == OP_REPLAY then
  local no, seq = held_result(stored)
  return { seq, NOW, 1, order_as_held(no), -1 }
end
if state == OP_MISMATCH then return answer(2) end
if banned(A.user) then return answer(3) end

local GUARD = { none = 0, token = 1, work = 2 }
local lines, amount = {}, 0
for i, wanted in ipairs(A.lines) do
  local sale, quantity = sale_read(wanted[1]), wanted[2]
  if not sale then return answer(10, '', i) end
  if sale.phase == 'scheduled' then return answer(11, int(sale.opensAtMs - NOW), i) end
  if sale.phase == 'paused' then return answer(12, '', i) end
  if sale.phase == 'ended' then return answer(13, '', i) end
  if wanted[3] < GUARD[sale_terms(sale).guard] then return answer(17, '', i) end
  local early = sale_early_ms(sale)
  if early > 0 and fan_level(A.user) < sale.earlyLevel then return answer(19, int(early), i) end
  lines[i] = { sale, quantity }
  amount = amount + quantity * sale.priceMinor
end
local wait = paused_for(redis.call('HGET', K.strikes, A.user))
if wait > 0 then return answer(14, int(wait)) end
for i, line in ipairs(lines) do
  local sale, quantity = line[1], line[2]
  local taken = tonumber(redis.call('HGET', buyers_key(sale), A.user)) or 0
  if taken + quantity > sale.limitPerBuyer then return answer(15, '', i) end
  if quantity > sale_free(sale) then return answer(16, '', i) end
end
if amount > A.amountMax then return answer(18) end

local json, no = order_create(A.user, 'cart', lines, A.holdMs, A.user, A.opId)
sales_save()
op_store(A.field, A.fingerprint, int(no) .. ' ' .. int(last_seq()), A.opHorizonMs)
return answer(0, json)
