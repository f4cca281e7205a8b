--- overdue: what is to be done in a draw that is over: prizes nobody has claimed in time, or contacts that were kept long enough.
--- KEYS head events ledger due draws drawsRunning phrases
--- ARGV nowMs drawId
--- Returns { code, awards made, next i, then number and value of each overdue award }: 0 nothing now, 1 overdue awards, 2 ask again
--- @include draw-steps
--- @include award-value
local WINDOW, OVERDUE_MAX = 200, 50
local draw = draw_read(ARGV[2])
if not draw or draw.phase ~= 'revealed' then return { 0 } end
local key = draw_key(draw.id)
local f = redis.call('HMGET', key, 'awards', 'claimNo', 'nextI', 'lastClaimMs', 'contactNo')
local awards, claim_no, contact_no = tonumber(f[1]), tonumber(f[2]), tonumber(f[5] or '0')

-- Field names of a window of awards.
local function fields(from, prefix)
  local list = {}
  for no = from, math.min(from + WINDOW, awards) - 1 do list[#list + 1] = prefix .. int(no) end
  return list
end

-- Prizes that were drawn anew by another draw are passed on by that one.
if claim_no < awards and draw.redrawnBy == '' then
  -- Deadlines never go down with the number. Settled awards at the front are not looked at again.
  local reply, front, open_at = { 1, f[1], f[3] }, claim_no, nil
  for at, value in ipairs(redis.call('HMGET', key .. ':awards', unpack(fields(claim_no, '')))) do
    local no, award = claim_no + at - 1, award_parse(value)
    if award.status == 'w' and NOW < award.claimBeforeMs then
      open_at = award.claimBeforeMs
      break
    elseif award.status == 'w' then
      reply[#reply + 1] = int(no)
      reply[#reply + 1] = value
      if #reply >= 3 + 2 * OVERDUE_MAX then break end
    elseif front == no then
      front = no + 1
    end
  end
  draw_set(draw, { claimNo = front })
  if #reply > 3 then
    step_later(draw)
    return reply
  elseif open_at then
    step_at(draw, open_at)
    return { 0 }
  elseif front < awards then
    step_later(draw)
    return { 2 }
  end
end

local clean_at = tonumber(f[4]) + CONTACTS_KEPT_MS
if NOW < clean_at then
  step_at(draw, clean_at)
  return { 0 }
end
local contacts = fields(contact_no, 'c ')
if #contacts == 0 then
  step_never(draw)
  return { 0 }
end
redis.call('HDEL', key .. ':awards', unpack(contacts))
draw_set(draw, { contactNo = contact_no + #contacts })
step_later(draw)
return { 2 }
