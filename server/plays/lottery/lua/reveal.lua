--- reveal: publishes the seed of a draw whose awards are all made.
--- KEYS head events ledger due draws drawsRunning phrases
--- ARGV nowMs drawId
--- Returns 0 done, 1 it was done before or the draw is in another phase, 2 awards are missing
--- @include draw-steps
local draw = draw_read(ARGV[2])
if not draw or draw.phase ~= 'drawn' then return 1 end
local key = draw_key(draw.id)
local f = redis.call('HMGET', key, 'awards', 'seed', 'lastClaimMs')
if f[1] ~= draw.winnersCount then return 2 end
draw_set(draw, { phase = 'revealed', revealedAtMs = NOW })
redis.call('SREM', K.drawsRunning, draw.id)
if draw.winnersCount == '0' then step_never(draw) else step_at(draw, tonumber(f[3])) end
fact('draw-revealed', 'system', '', '{"drawId":"' .. draw.id .. '","seed":"' .. f[2] .. '","entries":' .. int(draw.entries)
  .. ',"winners":' .. draw.winnersCount .. '}')
draw_changed(draw)
return 0
