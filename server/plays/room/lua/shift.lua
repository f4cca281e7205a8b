--- shift: roles whose time is over.
--- KEYS head events ledger due roles
--- ARGV nowMs users
--- Returns how many ended
--- @include appoint
-- users: JSON list.
local ended = 0
for _, user in ipairs(cjson.decode(ARGV[2])) do
  local appointed = redis.call('HGET', K.roles, 'a ' .. user)
  local until_ms = appointed and tonumber(string.match(appointed, '(%d+)$')) or 0
  if until_ms > 0 and NOW >= until_ms then
    role_appoint(user, 'viewer', 0, 'system', '')
    ended = ended + 1
  elseif until_ms == 0 then
    redis.call('ZREM', K.due, due_shift(user))
  end
end
return ended
