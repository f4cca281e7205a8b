--- due-peek: what is due in one room, how late that is, and when the next thing will be.
--- KEYS due
--- ARGV nowMs limit
--- Returns next deadline in ms ('' for none) after the listed ones, then pairs of a due member and its ms since the deadline
--- @include time
local limit = tonumber(ARGV[2])
local due = redis.call('ZRANGEBYSCORE', K.due, '-inf', NOW, 'WITHSCORES', 'LIMIT', 0, limit)
local following = redis.call('ZRANGE', K.due, #due / 2, #due / 2, 'WITHSCORES')
local reply = { following[2] or '' }
for i = 1, #due, 2 do
  reply[i + 1] = due[i]
  reply[i + 2] = int(NOW - tonumber(due[i + 1]))
end
return reply
