--- grab: decides a batch of grabs of one sale, in order, each all or nothing.
--- KEYS head events ledger ops opAges due sales salesRunning orders ordersOf strikes sanctions fans
--- ARGV nowMs args rules
--- Returns { seq, nowMs, one { code, detail, seq of a replay } a grab }: 0 held { order JSON }, 1 replay { order JSON }, 2 mismatch, 3 banned, 10 no sale, 11 not open { ms until it opens }, 12 paused, 13 ended, 14 too many unpaid { ms to wait }, 15 limit, 16 sold out, 17 token or proof is missing, 19 fans first { ms until it is for all }
--- @include ops
--- @include order
-- args: { saleId, opHorizonMs, idSeed, grabs: [[user, opId, fingerprint, quantity, proof level]] }.
-- Everything is decided on local tables first; the writes come last and can't fail halfway.
local grabs = A.grabs
local results = {}

local function answer() return { last_seq(), NOW, results } end

local sale = sale_read(A.saleId)
if not sale then
  for i = 1, #grabs do results[i] = { 10 } end
  return answer()
end

-- One read each for all callers: what they did before, whether they are banned, what they have, what they left unpaid.
local fields, users = {}, {}
for i, g in ipairs(grabs) do
  fields[i] = g[1] .. ' ' .. g[2]
  users[i] = g[1]
end
local outs = {}
for i, user in ipairs(users) do outs[i] = 'b ' .. user end
local op_values = redis.call('HMGET', K.ops, unpack(fields))
local bans = redis.call('HMGET', K.sanctions, unpack(outs))
local bought = redis.call('HMGET', buyers_key(sale), unpack(users))
local strike_lists = redis.call('HMGET', K.strikes, unpack(users))

local ops, taken = {}, {}
for i = 1, #grabs do
  ops[fields[i]] = op_values[i]
  taken[users[i]] = tonumber(bought[i]) or 0
end
local GUARD = { none = 0, token = 1, work = 2 }
local guard, free, early = GUARD[sale_terms(sale).guard], sale_free(sale), sale_early_ms(sale)

local holds = {}
local function decide(i, g)
  local user, quantity = g[1], g[4]
  local state, stored = op_compare(ops[fields[i]], g[3])
  if state == OP_REPLAY then return { 1, stored } end
  if state == OP_MISMATCH then return { 2 } end
  if in_force(bans[i]) then return { 3 } end
  if sale.phase == 'scheduled' then return { 11, int(sale.opensAtMs - NOW) } end
  if sale.phase == 'paused' then return { 12 } end
  if sale.phase == 'ended' then return { 13 } end
  if g[5] < guard then return { 17 } end
  if early > 0 and fan_level(user) < sale.earlyLevel then return { 19, int(early) } end
  local wait = paused_for(strike_lists[i])
  if wait > 0 then return { 14, int(wait) } end
  if taken[user] + quantity > sale.limitPerBuyer then return { 15 } end
  if quantity > free then return { 16 } end

  free = free - quantity
  taken[user] = taken[user] + quantity
  -- A second grab with this opId in the same batch is a retry.
  ops[fields[i]] = g[3] .. ' #' .. i
  holds[#holds + 1] = i
  return { 0 }
end
for i, g in ipairs(grabs) do results[i] = decide(i, g) end

if #holds > 0 then
  local first = order_numbers(#holds)
  local made, buyers, op_fields, fingerprints, op_results = {}, {}, {}, {}, {}
  for at, i in ipairs(holds) do
    local user, op_id, fingerprint, quantity = unpack(grabs[i])
    made[at] = { order_make(first + at - 1, user, 'grab', { { sale, quantity } }, sale.holdMs), user, op_id }
    -- Read above, so what they have now is known. Who is in here twice gets the same, twice.
    buyers[2 * at - 1] = user
    buyers[2 * at] = int(taken[user])
    op_fields[at], fingerprints[at] = fields[i], fingerprint
  end
  redis.call('HSET', buyers_key(sale), unpack(buyers))
  local jsons = orders_write(made)
  sale_save(sale)
  local seq = int(last_seq())
  for at, i in ipairs(holds) do
    results[i][2] = jsons[at]
    op_results[at] = int(first + at - 1) .. ' ' .. seq
  end
  ops_store(op_fields, fingerprints, op_results, A.opHorizonMs)
end

for i, result in ipairs(results) do
  if result[1] == 1 then
    local twin = string.match(result[2], '^#(%d+)$')
    if twin then
      result[2], result[3] = results[tonumber(twin)][2], last_seq()
    else
      local no, seq = held_result(result[2])
      result[2], result[3] = order_as_held(no), seq
    end
  end
end
return answer()
