-- Included by scripts about invitations. Needs K.invitedBy: hash user → '<inviter> <ms watched then>', and '<inviter> -'
-- once it counted, so that nobody is invited twice.

-- A ring of more than so many is not looked for.
local RING_MAX = 16

-- Who invited this user, and from which ms of their watching on they have to stay; nil once that counted.
local function invite_parse(value)
  if not value then return nil end
  local inviter, from = string.match(value, '^(%S+) (%S+)$')
  return inviter, tonumber(from)
end

-- Whether `user` stands among those who brought `inviter` here: then they would invite each other.
local function invite_ring(user, inviter)
  local at = inviter
  for _ = 1, RING_MAX do
    if at == user then return true end
    at = invite_parse(redis.call('HGET', K.invitedBy, at))
    if not at then return false end
  end
  return false
end
