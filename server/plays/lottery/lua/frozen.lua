--- frozen: fixes the list of a draw, once: how many tickets, how many void, its Merkle root, and the round that decides.
--- KEYS head events ledger due draws drawsRunning phrases
--- ARGV nowMs drawId root rootsFrom roots
--- Returns 0 done, 1 it was done before or the draw is in another phase, 2 not all tickets are judged
--- @include draw-steps
--- @include beacon-rounds
-- roots: those of the chunks from rootsFrom on, the last one with fewer leaves, as hexadecimal.
local draw = draw_read(ARGV[2])
if not draw or draw.phase ~= 'closed' then return 1 end
local key = draw_key(draw.id)
if redis.call('STRLEN', key .. ':states') ~= draw.entries then return 2 end
local bytes = string.gsub(ARGV[5], '%x%x', function(byte) return string.char(tonumber(byte, 16)) end)
if bytes ~= '' then redis.call('SETRANGE', key .. ':roots', tonumber(ARGV[4]) * 32, bytes) end
-- Conditions are judged: who said the passphrase is of no use any more.
redis.call('UNLINK', key .. ':said')

local moved_from = ''
if draw.beaconRound ~= '' and NOW >= tonumber(draw.beaconAtMs) then
  -- The announced round was out before the list was fixed; who held the list back could have known it.
  moved_from = draw.beaconRound
  local round, at = round_after(cjson.decode(redis.call('HGET', key, 'chain')), NOW + ROUND_MARGIN_MS)
  draw_set(draw, { beaconRound = int(round), beaconAtMs = int(at) })
end
draw_set(draw, { phase = 'frozen', root = ARGV[3], frozenAtMs = NOW, movedFromRound = moved_from })
step_at(draw, draw.beaconAtMs == '' and NOW or tonumber(draw.beaconAtMs))
fact('draw-frozen', 'system', '', '{"drawId":"' .. draw.id .. '","entries":' .. int(draw.entries) .. ',"voided":' .. draw.voided
  .. ',"root":"' .. draw.root .. '","beaconRound":' .. or_null(draw.beaconRound) .. ',"beaconAtMs":' .. or_null(draw.beaconAtMs)
  .. ',"movedFromRound":' .. or_null(moved_from) .. '}')
draw_changed(draw)
return 0
