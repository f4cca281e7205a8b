-- Included by every script that looks at a draw. Needs K.draws. A draw is a hash beside the index of draws; what must
-- stay secret (seed, entryKey) and what is long (winners) is read only by who needs it.
--- @include time

local DRAW_TEXTS = { 'phase', 'head', 'conditions', 'beaconRound', 'beaconAtMs', 'voided', 'root', 'winnersCount', 'shown',
  'cancelReason', 'redrawOf', 'redrawReason', 'redrawnBy' }
local DRAW_NUMBERS = { 'opensAtMs', 'closesAtMs', 'claimMs', 'repeatMs', 'entries', 'entriesTold', 'entriesToldAtMs' }

local function draw_key(draw_id) return K.draws .. ':' .. draw_id end

-- nil where there is no such draw. Texts are '' where there is nothing yet.
local function draw_read(draw_id)
  local texts = redis.call('HMGET', draw_key(draw_id), unpack(DRAW_TEXTS))
  if not texts[1] then return nil end
  local numbers = redis.call('HMGET', draw_key(draw_id), unpack(DRAW_NUMBERS))
  local draw = { id = draw_id }
  for i, name in ipairs(DRAW_TEXTS) do draw[name] = texts[i] or '' end
  for i, name in ipairs(DRAW_NUMBERS) do draw[name] = tonumber(numbers[i] or '0') end
  return draw
end

local function or_null(text) return text == '' and 'null' or text end
local function quoted(text) return text == '' and 'null' or cjson.encode(text) end

-- The draw as everybody sees it (drawSchema).
local function draw_json(draw)
  local redraw_of = 'null'
  if draw.redrawOf ~= '' then
    redraw_of = '{"drawId":"' .. draw.redrawOf .. '","reason":' .. cjson.encode(draw.redrawReason) .. '}'
  end
  return '{' .. draw.head .. ',"phase":"' .. draw.phase .. '","opensAtMs":' .. int(draw.opensAtMs) .. ',"closesAtMs":'
    .. int(draw.closesAtMs) .. ',"beaconRound":' .. or_null(draw.beaconRound) .. ',"beaconAtMs":' .. or_null(draw.beaconAtMs)
    .. ',"entries":' .. int(draw.entries) .. ',"voided":' .. (draw.root == '' and 'null' or draw.voided) .. ',"root":'
    .. quoted(draw.root) .. ',"winners":' .. or_null(draw.winnersCount) .. ',"shownWinners":'
    .. (draw.shown == '' and '[]' or draw.shown) .. ',"cancelReason":' .. quoted(draw.cancelReason) .. ',"redrawOf":' .. redraw_of
    .. ',"redrawnBy":' .. quoted(draw.redrawnBy) .. '}'
end
