--- wait: puts a buyer at the end of the line for a sale that is sold out.
--- KEYS head events ledger ops opAges due sales salesRunning strikes sanctions
--- ARGV nowMs args rules
--- Returns { code, detail }: 0 done or in line already { position, waiting, seq }, 1 replay { the same; as it was at first if no longer in line }, 2 mismatch, 3 banned, 10 no sale, 11 not open { ms until it opens }, 12 paused, 13 ended, 14 too many unpaid { ms to wait }, 15 limit, 16 units are left, 17 the line is full
--- @include ops
--- @include sale
--- @include strikes
-- args: { field, fingerprint, saleId, user, opId, waitlistMax, opHorizonMs }. One place is for one unit.
local state, stored = op_find(A.field, A.fingerprint)
if state == OP_MISMATCH then return { 2 } end
if state == OP_NEW and banned(A.user) then return { 3 } end
local sale = sale_read(A.saleId)
if not sale then return { 10 } end
local line = sale.key .. ':waitlist'

local function place()
  return { redis.call('ZRANK', line, A.user) + 1, sale.waiting, EMITTED or tonumber(redis.call('HGET', K.head, 'seq') or 0) }
end
local function keep(at)
  op_store(A.field, A.fingerprint, int(at[1]) .. ' ' .. int(at[2]) .. ' ' .. int(at[3]), A.opHorizonMs)
  return { 0, at }
end
if redis.call('ZSCORE', line, A.user) then
  -- Also the answer to a retry: the place that the buyer has now is the honest one.
  if state == OP_REPLAY then return { 1, place() } end
  return keep(place())
end
-- A retry that comes late, after the buyer's turn or leaving, doesn't put them in line once more.
if state == OP_REPLAY then
  local position, waiting, seq = string.match(stored, '^(%d+) (%d+) (%d+)$')
  return { 1, { tonumber(position), tonumber(waiting), tonumber(seq) } }
end

if sale.phase == 'scheduled' then return { 11, int(sale.opensAtMs - NOW) } end
if sale.phase == 'paused' then return { 12 } end
if sale.phase == 'ended' then return { 13 } end
local wait = paused_for(redis.call('HGET', K.strikes, A.user))
if wait > 0 then return { 14, int(wait) } end
if (tonumber(redis.call('HGET', buyers_key(sale), A.user)) or 0) >= sale.limitPerBuyer then return { 15 } end
if sale_free(sale) > 0 then return { 16 } end
if sale.waiting >= A.waitlistMax then return { 17 } end

sale.waiting = sale.waiting + 1
redis.call('HSET', sale.key, 'waiting', int(sale.waiting))
local n = fact('waitlist-joined', A.user, A.opId, '{"saleId":"' .. A.saleId .. '","userId":"' .. A.user .. '"}')
redis.call('ZADD', line, n, A.user)
emit('flash-sale:waitlist-joined', '{"saleId":"' .. A.saleId .. '","waiting":' .. int(sale.waiting) .. '}')
return keep(place())
