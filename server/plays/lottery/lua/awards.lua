--- awards: makes the next awards of a draw, from winners that are written already.
--- KEYS head events ledger due wonAt draws drawsRunning phrases
--- ARGV nowMs drawId from awards
--- Returns { 0 done or 1 they are there already or the draw is in another phase, claim before in ms }
--- @include draw-steps
--- @include award-value
-- awards: [[prize, ticket, i, user]] as JSON, the numbers from + 0, from + 1, …
local FORGET_WINS_MS, FORGET_AT_ONCE = 366 * 86400000, 50
local draw = draw_read(ARGV[2])
if not draw or draw.phase ~= 'drawn' then return { 1 } end
local key, from = draw_key(draw.id), tonumber(ARGV[3])
if tonumber(redis.call('HGET', key, 'awards')) ~= from then return { 1 } end
local before = tonumber(redis.call('HGET', key, 'lastClaimMs'))
local given = cjson.decode(ARGV[4])
local fields, wins = {}, {}
for at, each in ipairs(given) do
  local no = from + at - 1
  local award = { status = 'w', prize = each[1], ticket = each[2], i = each[3], rank = no + 1, claimBeforeMs = before, user = each[4] }
  fields[#fields + 1] = int(no)
  fields[#fields + 1] = award_value(award)
  fields[#fields + 1] = 'u ' .. award.user
  fields[#fields + 1] = int(no)
  wins[#wins + 1] = int(NOW)
  wins[#wins + 1] = award.user
end
redis.call('HSET', key .. ':awards', unpack(fields))
redis.call('ZADD', K.wonAt, 'GT', unpack(wins))
draw_set(draw, { awards = from + #given })
-- No draw asks for more than a year.
local old = redis.call('ZRANGEBYSCORE', K.wonAt, '-inf', int(NOW - FORGET_WINS_MS), 'LIMIT', 0, FORGET_AT_ONCE)
if #old > 0 then redis.call('ZREM', K.wonAt, unpack(old)) end
step_later(draw)
return { 0, before }
