--- due-peek: what is due in one room, and when the next thing will be.
--- KEYS due
--- ARGV nowMs limit
--- Returns next deadline in ms ('' for none) after the listed ones, then the due members
--- @include time
local limit = tonumber(ARGV[2])
local members = redis.call('ZRANGEBYSCORE', K.due, '-inf', NOW, 'LIMIT', 0, limit)
local following = redis.call('ZRANGE', K.due, #members, #members, 'WITHSCORES')
local reply = { following[2] or '' }
for i, member in ipairs(members) do reply[i + 1] = member end
return reply
