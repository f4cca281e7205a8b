-- Included by scripts about keepers. Needs K.roles.
--- @include roles

-- Whether somebody may moderate already, and not just until the end of a shift.
local function keeper_for_good(user)
  if RANK[role_of(user)] > RANK.moderator then return true end
  local by_token = role_in_force(redis.call('HGET', K.roles, 't ' .. user))
  if RANK[by_token] >= RANK.moderator then return true end
  local appointed = redis.call('HGET', K.roles, 'a ' .. user)
  return RANK[role_in_force(appointed)] == RANK.moderator and string.match(appointed, ' (%d+)$') == '0'
end

-- When the shift of somebody ends, 0 for nobody on a shift.
local function shift_end(user)
  local appointed = redis.call('HGET', K.roles, 'a ' .. user)
  if RANK[role_in_force(appointed)] < RANK.moderator then return 0 end
  return tonumber(string.match(appointed, ' (%d+)$'))
end
