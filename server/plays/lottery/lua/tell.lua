--- tell: tells the room how many have entered a draw, where the last to enter came too soon after it was told before.
--- KEYS head events ledger due draws drawsRunning phrases
--- ARGV nowMs drawId everyMs
--- Returns 1 when it is still to be told
--- @include draw-steps
local draw = draw_read(ARGV[2])
if not draw or draw.phase ~= 'open' or draw.entries == draw.entriesTold then return 0 end
if NOW - draw.entriesToldAtMs < tonumber(ARGV[3]) then return 1 end
entries_tell(draw)
return 0
