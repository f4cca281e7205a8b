-- Included by scripts that ask who meets the conditions of a draw. Needs K.presence, K.watch, K.followers, K.fans,
-- K.invites, K.paidOrders and K.draws. Each condition reads what it needs of all users at once.
--- @include watch

-- Kind → how much is needed, in the same unit as what users have.
local NEEDS = {
  present = function() return 1 end,
  watch = function(condition) return condition.minutes * 60000 end,
  phrase = function() return 1 end,
  level = function(condition) return condition.level end,
  follow = function() return 1 end,
  invites = function(condition) return condition.count end,
  purchase = function() return 1 end,
}

local function mapped(values, of)
  for i = 1, #values do values[i] = of(values[i]) end
  return values
end
local function one_if(value) return value and 1 or 0 end
local function number_or_0(value) return tonumber(value or '0') end

-- Kind → what each user has.
local HAVES = {
  present = function(users) return mapped(redis.call('HMGET', K.presence, unpack(users)), one_if) end,
  watch = function(users)
    local clock = live_at(NOW)
    return mapped(redis.call('HMGET', K.watch, unpack(users)), function(value)
      local _, in_session = watch_until(watch_parse(value), clock)
      return in_session
    end)
  end,
  phrase = function(users, draw_id) return redis.call('SMISMEMBER', K.draws .. ':' .. draw_id .. ':said', unpack(users)) end,
  level = function(users)
    return mapped(redis.call('HMGET', K.fans, unpack(users)), function(fan) return fan and tonumber(string.match(fan, '^%d+')) or 0 end)
  end,
  follow = function(users) return mapped(redis.call('ZMSCORE', K.followers, unpack(users)), one_if) end,
  invites = function(users) return mapped(redis.call('HMGET', K.invites, unpack(users)), number_or_0) end,
  purchase = function(users)
    return mapped(redis.call('HMGET', K.paidOrders, unpack(users)), function(orders) return one_if(number_or_0(orders) > 0) end)
  end,
}

-- What each user has of a condition (a list, in the order of users), and what is needed.
local function stands(condition, users, draw_id)
  return HAVES[condition.kind](users, draw_id), NEEDS[condition.kind](condition)
end

-- Of each user the first condition that is not met, { its place from 1, what is missing }; nil: all are met.
local function unmet(conditions, users, draw_id)
  local found = {}
  for place, condition in ipairs(conditions) do
    local have, need = stands(condition, users, draw_id)
    for i = 1, #users do
      if not found[i] and have[i] < need then found[i] = { place, need - have[i] } end
    end
  end
  return found
end
