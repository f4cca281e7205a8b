--- announce: announces a draw; also one for the prizes of another draw that nobody has claimed.
--- KEYS head events ledger ops opAges sanctions due draws drawsRunning phrases meta
--- ARGV nowMs args
--- Returns { code, drawId or detail }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no such draw to repeat, 11 it is in another phase, 12 its awards have changed since they were read, 13 too many draws, 14 a prize is above the cap { its index }
--- @include ops
--- @include draw-steps
--- @include beacon-rounds
-- args: { field, fingerprint, actor, opId, opHorizonMs, drawId, head (JSON fields of the draw that never change), commit, seed,
-- entryKey, conditions (JSON), valuesMinor[], capMinor { currency: minor }, winnersMax, opensInMs, durationMs, claimMs, repeatMs,
-- skeleton, runningMax, chain { genesisTimeS, periodS, json } or none, redraw { drawId, reason, version, awards (JSON) } or none }.
local a = cjson.decode(ARGV[2])
local early = op_begin(a.field, a.fingerprint)
if early then return early end

local old
if a.redraw then
  old = draw_read(a.redraw.drawId)
  if not old then return { 10 } end
  if old.phase ~= 'revealed' or old.redrawnBy ~= '' then return { 11 } end
  if redis.call('HGET', draw_key(old.id), 'version') ~= a.redraw.version then return { 12 } end
end
if redis.call('SCARD', K.drawsRunning) >= a.runningMax then return { 13 } end
local currency = cjson.decode(redis.call('HGET', K.meta, 'info')).currency
local cap = a.capMinor[currency]
for i, value in ipairs(a.valuesMinor) do
  if cap and value > cap then return { 14, int(i - 1) } end
end

local opens, closes = NOW + a.opensInMs, NOW + a.opensInMs + a.durationMs
local round, round_at = '', ''
if a.chain then
  local first, at = round_after(a.chain, closes + ROUND_MARGIN_MS)
  round, round_at = int(first), int(at)
end
local draw = { id = a.drawId, root = '', winnersCount = '', shown = '', cancelReason = '', redrawnBy = '' }
draw_set(draw, {
  phase = 'announced', head = '"currency":"' .. currency .. '",' .. a.head, conditions = a.conditions,
  announcedAtMs = NOW, opensAtMs = opens, closesAtMs = closes, claimMs = a.claimMs, repeatMs = a.repeatMs, entries = 0,
  entriesTold = 0, entriesToldAtMs = 0, commit = a.commit, seed = a.seed, entryKey = a.entryKey, beaconRound = round,
  beaconAtMs = round_at, chain = a.chain and a.chain.json or '', winnersMax = a.winnersMax, version = '0',
  redrawOf = old and old.id or '', redrawReason = old and a.redraw.reason or '',
})
redis.call('ZADD', K.draws, int(NOW), draw.id)
redis.call('SADD', K.drawsRunning, draw.id)
step_at(draw, opens)
if a.skeleton ~= '' then redis.call('HSET', K.phrases, draw.id, a.skeleton) end

if old then
  draw_set(old, { redrawnBy = draw.id })
  step_at(old, NOW)
  fact('draw-redrawn', a.actor, a.opId, '{"drawId":"' .. old.id .. '","byDrawId":"' .. draw.id .. '","reason":'
    .. cjson.encode(a.redraw.reason) .. ',"awards":' .. a.redraw.awards .. '}')
  draw_changed(old)
end
fact('draw-announced', a.actor, a.opId, '{' .. draw.head .. ',"opensAtMs":' .. int(opens) .. ',"closesAtMs":' .. int(closes)
  .. ',"beaconRound":' .. or_null(round) .. ',"beaconAtMs":' .. or_null(round_at) .. ',"winnersMax":' .. int(a.winnersMax)
  .. ',"redrawOf":' .. quoted(draw.redrawOf) .. '}')
draw_changed(draw)
op_store(a.field, a.fingerprint, draw.id, a.opHorizonMs)
draw_touch(draw)
return { 0, draw.id }
