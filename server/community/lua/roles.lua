-- Included by scripts that ask who is above whom. Needs K.roles.
--- @include time

local RANK = { host = 4, cohost = 3, moderator = 2, viewer = 1, guest = 0 }

-- A value of K.roles (or false) as a role that counts now.
local function role_in_force(value)
  if not value then return 'viewer' end
  local role, until_ms = string.match(value, '^(%S+) (%d+)')
  until_ms = tonumber(until_ms)
  if until_ms ~= 0 and NOW >= until_ms then return 'viewer' end
  return role
end

-- The highest of what a token says, what tokens of this user said here before, and what the room appointed.
local function role_of(user, token_role)
  local known = redis.call('HMGET', K.roles, 't ' .. user, 'a ' .. user)
  local best = token_role or 'viewer'
  for i = 1, 2 do
    local role = role_in_force(known[i])
    if RANK[role] > RANK[best] then best = role end
  end
  return best
end
