-- Included by scripts that move a draw on. Needs K.head, K.events, K.ledger, K.due, K.draws, K.drawsRunning and K.phrases.
--- @include kernel
--- @include draw-read

-- While a node works on a draw, its step is this far ahead: the time after which another node takes over.
local WATCHDOG_MS = 3000

local function due_step(draw_id) return 'lottery:step:' .. draw_id end
local function step_at(draw, at_ms) redis.call('ZADD', K.due, int(at_ms), due_step(draw.id)) end
local function step_later(draw) step_at(draw, NOW + WATCHDOG_MS) end
local function step_never(draw) redis.call('ZREM', K.due, due_step(draw.id)) end

-- Writes fields of the draw, in its table and in its hash.
local function draw_set(draw, fields)
  local flat = {}
  for name, value in pairs(fields) do
    draw[name] = value
    flat[#flat + 1] = name
    flat[#flat + 1] = type(value) == 'number' and int(value) or value
  end
  redis.call('HSET', draw_key(draw.id), unpack(flat))
end

local function draw_changed(draw) emit('lottery:changed', '{"draw":' .. draw_json(draw) .. '}') end

local function entries_tell(draw)
  emit('lottery:entries-changed', '{"drawId":"' .. draw.id .. '","entries":' .. int(draw.entries) .. '}')
  draw_set(draw, { entriesTold = draw.entries, entriesToldAtMs = NOW })
end

local function draw_open(draw)
  draw_set(draw, { phase = 'open' })
  step_at(draw, draw.closesAtMs)
  draw_changed(draw)
end

-- by: 'time' or 'host'
local function draw_close(draw, by, actor, op_id)
  if draw.entriesTold ~= draw.entries then entries_tell(draw) end
  draw_set(draw, { phase = 'closed', closesAtMs = math.min(draw.closesAtMs, NOW), voided = '0' })
  redis.call('HDEL', K.phrases, draw.id)
  step_at(draw, NOW)
  fact('draw-closed', actor, op_id, '{"drawId":"' .. draw.id .. '","entries":' .. int(draw.entries) .. ',"by":"' .. by .. '"}')
  draw_changed(draw)
end

-- Does what the clock asks for, whether or not a poller has run.
local function draw_touch(draw)
  if draw.phase == 'announced' and NOW >= draw.opensAtMs then draw_open(draw) end
  if draw.phase == 'open' and NOW >= draw.closesAtMs then draw_close(draw, 'time', 'system', '') end
end
