--- filtered: notes what the filters of a node stopped in the last ten seconds, and tells staff the figures of all nodes.
--- KEYS head events filtered
--- ARGV nowMs node figures
--- Returns 1 when staff were told, 0 when that was less than a second ago
--- @include kernel
-- figures: '<blocked> <held> <users>'. A value of K.filtered is '<figures> <ms>'; `#at` is when staff were last told.
local WINDOW_MS, EVERY_MS = 10000, 1000
redis.call('HSET', K.filtered, ARGV[2], ARGV[3] .. ' ' .. int(NOW))
redis.call('PEXPIRE', K.filtered, 2 * WINDOW_MS)
local told_at = tonumber(redis.call('HGET', K.filtered, '#at') or '0')
if NOW >= told_at and NOW - told_at < EVERY_MS then return 0 end

redis.call('HSET', K.filtered, '#at', int(NOW))
local sums = { 0, 0, 0 }
local nodes = redis.call('HGETALL', K.filtered)
for i = 1, #nodes, 2 do
  local blocked, held, users, at = string.match(nodes[i + 1], '^(%d+) (%d+) (%d+) (%d+)$')
  if blocked and NOW - tonumber(at) < WINDOW_MS then
    sums[1], sums[2], sums[3] = sums[1] + blocked, sums[2] + held, sums[3] + users
  elseif blocked then
    redis.call('HDEL', K.filtered, nodes[i])
  end
end
emit('moderation:filtered', '{"blocked":' .. int(sums[1]) .. ',"held":' .. int(sums[2]) .. ',"users":' .. int(sums[3]) .. '}')
return 1
