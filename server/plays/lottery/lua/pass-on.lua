--- pass-on: gives prizes that nobody claimed in time to the next in line, all of them or none.
--- KEYS head events ledger due fans wonAt draws drawsRunning phrases
--- ARGV nowMs drawId nextI passes
--- Returns { 0, awards before, claim before in ms of the new ones }; { 1 } when awards or i are no longer those the caller saw
--- @include draw-steps
--- @include award-value
--- @include shown-name
-- passes: [{ no, heir { ticket, i, user, name } or none }] as JSON, in the order in which heirs are met. nextI: before them.
local draw = draw_read(ARGV[2])
if not draw or draw.phase ~= 'revealed' or draw.redrawnBy ~= '' then return { 1 } end
local key = draw_key(draw.id)
local f = redis.call('HMGET', key, 'awards', 'nextI', 'lastClaimMs')
if f[2] ~= ARGV[3] then return { 1 } end
local passes, numbers = cjson.decode(ARGV[4]), {}
for at, pass in ipairs(passes) do numbers[at] = int(pass.no) end
local held = redis.call('HMGET', key .. ':awards', unpack(numbers))
for at, value in ipairs(held) do
  held[at] = award_parse(value)
  if held[at].status ~= 'w' or NOW < held[at].claimBeforeMs then return { 1 } end
end

local before, next_i = tonumber(f[1]), tonumber(f[2])
local awards, shown = before, cjson.decode(draw.shown)
local shows_other = false
-- A clock that was put back must not put a later award's deadline before an earlier one's.
local claim_before = math.max(NOW + draw.claimMs, tonumber(f[3]))

local function show_instead(ticket, heir)
  for at, each in ipairs(shown) do
    if each.ticket == ticket then
      shows_other = true
      if heir then
        each.ticket, each.name = heir.ticket, shown_name(heir.user, heir.name)
        each.simulated = string.sub(heir.user, 1, 4) == 'sim:' or nil
      else
        table.remove(shown, at)
      end
      return
    end
  end
end

for at, pass in ipairs(passes) do
  local award, heir = held[at], pass.heir
  award.status = 'p'
  redis.call('HSET', key .. ':awards', numbers[at], award_value(award))
  local to = ',"toTicket":null,"toAward":null'
  if heir then
    local new = { status = 'w', prize = award.prize, rank = award.rank, claimBeforeMs = claim_before, ticket = heir.ticket, i = heir.i,
      user = heir.user }
    redis.call('HSET', key .. ':awards', int(awards), award_value(new), 'u ' .. heir.user, int(awards))
    redis.call('ZADD', K.wonAt, 'GT', int(NOW), heir.user)
    to = ',"toTicket":' .. int(heir.ticket) .. ',"toAward":' .. int(awards)
    awards, next_i = awards + 1, heir.i + 1
  end
  show_instead(award.ticket, heir)
  fact('prize-passed-on', 'system', '', '{"drawId":"' .. draw.id .. '","award":' .. numbers[at] .. ',"fromTicket":'
    .. int(award.ticket) .. to .. ',"nextI":' .. int(next_i) .. '}')
end
redis.call('HINCRBY', key, 'version', 1)
draw_set(draw, { awards = awards, nextI = next_i, lastClaimMs = awards > before and claim_before or tonumber(f[3]) })
if shows_other then
  draw_set(draw, { shown = #shown > 0 and cjson.encode(shown) or '[]' })
  draw_changed(draw)
end
step_later(draw)
return { 0, before, claim_before }
