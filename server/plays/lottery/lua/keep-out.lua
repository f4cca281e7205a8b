-- Included by scripts that keep some from winning. Needs K.wonAt and K.sanctions.
--- @include standing

-- Of each user: did they win here in the last so many ms?
local function won_lately(users, repeat_ms)
  local lately = {}
  if repeat_ms == 0 then return lately end
  for i, at in ipairs(redis.call('ZMSCORE', K.wonAt, unpack(users))) do
    lately[i] = at ~= false and NOW - tonumber(at) < repeat_ms
  end
  return lately
end

-- Of each user: are they banned?
local function banned_each(users)
  local fields = {}
  for i, user in ipairs(users) do fields[i] = 'b ' .. user end
  local bans = redis.call('HMGET', K.sanctions, unpack(fields))
  for i = 1, #users do bans[i] = in_force(bans[i]) ~= nil end
  return bans
end
