--- look: some draws of a room as everybody sees them.
--- KEYS draws
--- ARGV nowMs ids
--- Returns one JSON a draw, '' for one that there is not
--- @include draw-read
-- ids: JSON.
local reply = {}
for i, id in ipairs(cjson.decode(ARGV[2])) do
  local draw = draw_read(id)
  reply[i] = draw and draw_json(draw) or ''
end
return reply
