--- read: the draws of a room as everybody sees them, newest first: all that run, and the latest.
--- KEYS draws drawsRunning
--- ARGV nowMs kept
--- Returns one JSON a draw
--- @include draw-read
local ids, seen = redis.call('ZREVRANGE', K.draws, 0, tonumber(ARGV[2]) - 1), {}
for _, id in ipairs(ids) do seen[id] = true end
local older = {}
for _, id in ipairs(redis.call('SMEMBERS', K.drawsRunning)) do
  if not seen[id] then older[#older + 1] = { id, tonumber(redis.call('ZSCORE', K.draws, id)) } end
end
table.sort(older, function(a, b) return a[2] > b[2] end)
for _, each in ipairs(older) do ids[#ids + 1] = each[1] end
local reply = {}
for i, id in ipairs(ids) do reply[i] = draw_json(draw_read(id)) end
return reply
