-- Included by scripts that say who won. Needs K.fans.

-- The name that a user has in the fan club; `otherwise` for somebody who is not in it. No other names are kept.
local function shown_name(user, otherwise)
  local fan = redis.call('HGET', K.fans, user)
  return fan and string.match(fan, '^%d+ %d+ %d+ %d+ %d+ %d+ %d+ %d+ %d+ %d+ %d+ (.+)$') or otherwise
end
