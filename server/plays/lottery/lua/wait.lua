--- wait: lets a frozen draw rest until its beacon is asked again.
--- KEYS head events ledger due draws drawsRunning phrases
--- ARGV nowMs drawId forMs
--- Returns 1 when it waits, 0 when the draw is in another phase
--- @include draw-steps
local draw = draw_read(ARGV[2])
if not draw or draw.phase ~= 'frozen' then return 0 end
step_at(draw, NOW + tonumber(ARGV[3]))
return 1
