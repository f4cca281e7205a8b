-- Included by scripts that hold units or end holds. Needs K.strikes.
-- A strike is a hold that a buyer let run out; too many of them and the buyer has to wait.
--- @include sale

-- How long a buyer still has to wait, from what K.strikes has of them (or false).
local function paused_for(list)
  if not list then return 0 end
  local rule = rules().strike
  local count, last = 0, 0
  for at in string.gmatch(list, '%d+') do
    local t = tonumber(at)
    if t > NOW - rule.windowMs then
      count = count + 1
      if t > last then last = t end
    end
  end
  if count < rule.max then return 0 end
  return math.max(0, last + rule.pauseMs - NOW)
end

local function strike(user)
  local rule = rules().strike
  local strikes = { int(NOW) }
  for at in string.gmatch(redis.call('HGET', K.strikes, user) or '', '%d+') do
    if tonumber(at) > NOW - rule.windowMs then strikes[#strikes + 1] = at end
  end
  redis.call('HSET', K.strikes, user, table.concat(strikes, ','))
  redis.call('PEXPIRE', K.strikes, rule.windowMs + rule.pauseMs)
end
