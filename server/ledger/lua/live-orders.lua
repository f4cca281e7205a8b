--- live-orders: orders of a room by number, and what points to them, all at one moment.
--- KEYS head orders ordersOf due
--- ARGV nowMs from to fields
--- Returns { last fact, last order, nowMs, JSON: one list an order: its fields, whether its buyer's list has it, how long that list is, when it is due }
--- @include time
-- fields: JSON, names of the hash's fields; userId is the second, state the fourth. What is not set is false.
local fields = cjson.decode(ARGV[4])
local rows = {}
for no = tonumber(ARGV[2]), tonumber(ARGV[3]) do
  local key = K.orders .. ':' .. int(no)
  local row = redis.call('HMGET', key, unpack(fields))
  local user = row[2]
  local list = user and K.ordersOf .. ':' .. user
  row[#row + 1] = list and redis.call('ZSCORE', list, int(no)) or false
  row[#row + 1] = list and redis.call('ZCARD', list) or 0
  -- Whatever else is in the queue is passed over when its time comes.
  row[#row + 1] = row[4] == 'HELD' and redis.call('ZSCORE', K.due, 'order:expire:' .. int(no))
  rows[#rows + 1] = row
end
local head = redis.call('HMGET', K.head, 'fact', 'order')
return { head[1] or '0', head[2] or '0', int(NOW), cjson.encode(rows) }
