--- progress: how one user stands with the conditions of a draw.
--- KEYS head sanctions presence watch followers fans invites paidOrders wonAt draws
--- ARGV nowMs drawId user
--- Returns { code, 1 when they won lately, one { kind, what they have, what is needed } a condition }: 0 found, 10 no such draw
--- @include draw-read
--- @include judge
--- @include keep-out
local draw = draw_read(ARGV[2])
if not draw then return { 10 } end
local users = { ARGV[3] }
local reply = { 0, won_lately(users, draw.repeatMs)[1] and 1 or 0 }
for _, condition in ipairs(cjson.decode(draw.conditions)) do
  local have, need = stands(condition, users, draw.id)
  reply[#reply + 1] = { condition.kind, int(have[1]), int(need) }
end
return reply
