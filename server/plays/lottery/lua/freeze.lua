--- freeze: judges the next tickets of a closed draw once more. Those judged before keep their state, whoever asks.
--- KEYS head events ledger due sanctions presence watch followers fans invites paidOrders wonAt draws drawsRunning phrases
--- ARGV nowMs drawId from count rootsFrom roots
--- Returns { code, state codes of the tickets after `from`, users… }: 0 done, 1 the draw is in another phase
--- @include draw-steps
--- @include garbage
--- @include judge
--- @include keep-out
-- from: tickets before these. roots: Merkle roots of chunks as hexadecimal, from the chunk number rootsFrom (from 0) on.
local TELL_EVERY_MS = 200
-- The same as STATE_CODES in shared/lottery/fair-draw.ts; a test compares them.
local CODE_OF = { present = 'a', watch = 'w', level = 'l', follow = 'f', invites = 'i', phrase = 'p', purchase = 'b' }
local OK, WON_LATELY, BANNED = '.', 'r', 'x'

local draw = draw_read(ARGV[2])
if not draw or draw.phase ~= 'closed' then return { 1 } end
local key, from = draw_key(draw.id), tonumber(ARGV[3])
if ARGV[6] ~= '' and redis.call('STRLEN', key .. ':roots') == tonumber(ARGV[5]) * 32 then
  redis.call('APPEND', key .. ':roots', (string.gsub(ARGV[6], '%x%x', function(byte) return string.char(tonumber(byte, 16)) end)))
end
step_later(draw)

local users = redis.call('LRANGE', key .. ':tickets', int(from), int(from + tonumber(ARGV[4]) - 1))
local judged = redis.call('STRLEN', key .. ':states')
local codes
if judged > from then
  codes = redis.call('GETRANGE', key .. ':states', int(from), int(math.min(judged, from + #users) - 1))
  for i = #users, #codes + 1, -1 do users[i] = nil end
elseif judged == from and #users > 0 then
  local conditions = cjson.decode(draw.conditions)
  local out, lately = banned_each(users), won_lately(users, draw.repeatMs)
  local failed = unmet(conditions, users, draw.id)
  local parts, voided = {}, 0
  for i = 1, #users do
    local code = OK
    if out[i] then code = BANNED
    elseif lately[i] then code = WON_LATELY
    elseif failed[i] then code = CODE_OF[conditions[failed[i][1]].kind] end
    if code ~= OK then voided = voided + 1 end
    parts[i] = code
  end
  codes = table.concat(parts)
  redis.call('APPEND', key .. ':states', codes)
  draw_set(draw, { voided = int(tonumber(draw.voided) + voided) })
  if NOW - tonumber(redis.call('HGET', key, 'freezeToldAtMs') or '0') >= TELL_EVERY_MS then
    draw_set(draw, { freezeToldAtMs = NOW })
    emit('lottery:freezing', '{"drawId":"' .. draw.id .. '","done":' .. int(from + #users) .. ',"of":' .. int(draw.entries) .. '}')
  end
else
  return { 1 }
end
collect_a_little()
return { 0, codes, unpack(users) }
