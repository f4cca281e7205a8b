--- you: where one user stands in the draws of the snapshot.
--- KEYS draws drawsRunning
--- ARGV nowMs user kept
--- Returns one { draw, its entry key, id of the draw that repeats it or '', ticket, state code, award number, award value } a draw they entered
--- @include draw-mine
local reply, seen = {}, {}
local function look(id)
  if seen[id] then return end
  seen[id] = true
  local f = redis.call('HMGET', draw_key(id), 'phase', 'entryKey', 'redrawnBy')
  local mine = f[1] and draw_mine(id, f[1], ARGV[2])
  if mine then reply[#reply + 1] = { id, f[2], f[3] or '', unpack(mine) } end
end
for _, id in ipairs(redis.call('SMEMBERS', K.drawsRunning)) do look(id) end
for _, id in ipairs(redis.call('ZREVRANGE', K.draws, 0, tonumber(ARGV[3]) - 1)) do look(id) end
return reply
