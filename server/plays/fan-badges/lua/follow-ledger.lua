--- follow-ledger: counts paid orders, gives points for them and takes them back: each fact of the ledger once, in order.
--- KEYS head events ledger due sanctions fans fanRules fanBoards paidOrders paidPoints
--- ARGV nowMs args
--- Returns { facts that are left, first fact after some that were trimmed or 0, facts that can't be read, fans to tell as JSON }
--- @include standing
--- @include fans
-- args: { limit, days, unitMinor }. limit 0: only puts a room with something to do into its due queue. unitMinor: the
-- room's currency, how many of its smallest units are one.
local a = cjson.decode(ARGV[2])
local DUE = 'fan-badges:follow:'
local marks = redis.call('HMGET', K.head, 'fact', 'pointsFact')
local head, cursor = tonumber(marks[1] or '0'), tonumber(marks[2] or '0')

local function answer(left, gap, unreadable, told)
  if left > 0 then redis.call('ZADD', K.due, int(NOW), DUE) else redis.call('ZREM', K.due, DUE) end
  return { left, gap, unreadable, told }
end
if cursor >= head or a.limit == 0 then return answer(math.max(0, head - cursor), 0, 0, '[]') end
-- Points are of a day: by a clock that is a day wrong, nothing is counted.
if not room_day(a.days) then return { head - cursor, 0, 0, '[]' } end

-- Points for an order that somebody paid after they had joined, as a value of K.paidPoints:
-- '<points> <day> <session id or ->'. nil: none.
local function points_for(user, amount_minor, at)
  local fan = fan_read(user)
  if not fan or at < fan.joinedAtMs or banned(user) then return nil end
  local rules = fan_rules().paid
  local points = math.floor(amount_minor / (rules.perUnits * a.unitMinor)) * rules.points
  local granted = fan_award(fan, 'paid', points, a.days)
  if granted == 0 then return nil end
  local session = live_read().id
  return int(granted) .. ' ' .. int(fan.day) .. ' ' .. (session == '' and '-' or session)
end

local function paid(order, at)
  redis.call('HINCRBY', K.paidOrders, order.userId, 1)
  local points = points_for(order.userId, order.amountMinor, at)
  if points then redis.call('HSET', K.paidPoints, int(order.no), points) end
end

local function taken_back(order)
  if redis.call('HINCRBY', K.paidOrders, order.userId, -1) <= 0 then redis.call('HDEL', K.paidOrders, order.userId) end
  local given = redis.call('HGET', K.paidPoints, int(order.no))
  local fan = given and fan_read(order.userId)
  if not fan then return end
  redis.call('HDEL', K.paidPoints, int(order.no))
  local points, day, session = string.match(given, '^(%d+) (%d+) (%S+)$')
  -- Facts come in the order in which things happened.
  fans_save('system', '')
  fan_take(fan, tonumber(points), order.no, tonumber(day), session == '-' and '' or session)
  fans_save('system', '')
end

local TAKES_BACK = { ['order-refunded'] = true, ['order-cancelled'] = true }
local unreadable = 0
local function follow(fields)
  local f = {}
  for i = 1, #fields, 2 do f[fields[i]] = fields[i + 1] end
  if f.kind ~= 'order-paid' and not TAKES_BACK[f.kind] then return end
  local readable, order = pcall(cjson.decode, f.data)
  if not readable or type(order) ~= 'table' or not order.userId or not order.no or not order.amountMinor then
    unreadable = unreadable + 1
    return
  end
  if f.kind == 'order-paid' then paid(order, tonumber(f.at)) return end
  -- What was cancelled, or never had its units, is not counted any more.
  if order.from == 'PAID' then taken_back(order) end
end

local entries = redis.call('XRANGE', K.ledger, int(cursor + 1) .. '-0', '+', 'COUNT', a.limit)
local gap, last = 0, head
for i, entry in ipairs(entries) do
  local n = tonumber(string.match(entry[1], '^(%d+)'))
  if i == 1 and n > cursor + 1 then gap = n end
  follow(entry[2])
  last = n
end
if #entries == 0 then gap = head + 1 end
local told = fans_save('system', '')
-- What this call wrote itself is nothing to look at again.
local now_at = tonumber(redis.call('HGET', K.head, 'fact'))
if last == head then last = now_at end
redis.call('HSET', K.head, 'pointsFact', int(last))
return answer(now_at - last, gap, unreadable, told)
