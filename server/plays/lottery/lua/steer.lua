--- steer: the host closes entries before their time, or calls a draw off.
--- KEYS head events ledger ops opAges sanctions due draws drawsRunning phrases
--- ARGV nowMs args
--- Returns { code, drawId }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no such draw, 11 wrong phase
--- @include ops
--- @include draw-steps
-- args: { field, fingerprint, actor, opId, opHorizonMs, drawId, verb ('close' or 'cancel'), reason }.
local a = cjson.decode(ARGV[2])
local early = op_begin(a.field, a.fingerprint)
if early then return early end
local draw = draw_read(a.drawId)
if not draw then return { 10 } end
draw_touch(draw)
if draw.phase ~= 'open' and not (a.verb == 'cancel' and draw.phase == 'announced') then return { 11 } end

if a.verb == 'close' then
  draw_close(draw, 'host', a.actor, a.opId)
else
  draw_set(draw, { phase = 'cancelled', cancelReason = a.reason })
  redis.call('HDEL', K.phrases, draw.id)
  redis.call('SREM', K.drawsRunning, draw.id)
  redis.call('UNLINK', draw_key(draw.id) .. ':said')
  step_never(draw)
  fact('draw-cancelled', a.actor, a.opId, '{"drawId":"' .. draw.id .. '","reason":' .. cjson.encode(a.reason) .. '}')
  draw_changed(draw)
end
op_store(a.field, a.fingerprint, draw.id, a.opHorizonMs)
return { 0, draw.id }
