--- stand: where some users stand in a draw.
--- KEYS draws
--- ARGV nowMs drawId users
--- Returns { entry key, id of the draw that repeats it or '', one { user, ticket, state code, award number, award value } for each with a ticket }
--- @include draw-mine
-- users: JSON.
local f = redis.call('HMGET', draw_key(ARGV[2]), 'phase', 'entryKey', 'redrawnBy')
local reply = { f[2] or '', f[3] or '' }
if not f[1] then return reply end
for _, user in ipairs(cjson.decode(ARGV[3])) do
  local mine = draw_mine(ARGV[2], f[1], user)
  if mine then reply[#reply + 1] = { user, unpack(mine) } end
end
return reply
