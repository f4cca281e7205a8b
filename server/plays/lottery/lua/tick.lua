--- tick: opens or closes a draw whose time has come, and says whether there is work for a node to do beside the due queue.
--- KEYS head events ledger due draws drawsRunning phrases
--- ARGV nowMs drawId
--- Returns 1 when there is work (the draw's step is some seconds ahead then: another node takes over), else 0
--- @include draw-steps
local draw = draw_read(ARGV[2])
if not draw then
  redis.call('ZREM', K.due, due_step(ARGV[2]))
  return 0
end
draw_touch(draw)
local at = tonumber(redis.call('ZSCORE', K.due, due_step(draw.id)) or '')
if not at or at > NOW then return 0 end
if draw.phase == 'cancelled' then
  step_never(draw)
  return 0
end
if draw.phase == 'announced' or draw.phase == 'open' then
  -- A step before its time, of a clock that was put back.
  step_at(draw, draw.phase == 'open' and draw.closesAtMs or draw.opensAtMs)
  return 0
end
step_later(draw)
return 1
