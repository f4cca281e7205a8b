--- standing-now: the roles that people have in the room, and who is out of it.
--- KEYS sanctions roles actions appeals
--- ARGV nowMs users
--- Returns pairs { role, kind of what keeps them out or '' } in the order of the users
--- @include roles
--- @include sanction-record
-- users: JSON list.
local reply = {}
for _, user in ipairs(cjson.decode(ARGV[2])) do
  local left, action_id = in_force(redis.call('HGET', K.sanctions, 'b ' .. user))
  local action = left and action_read(action_id)
  reply[#reply + 1] = role_of(user, string.sub(user, 1, 6) == 'guest:' and 'guest' or 'viewer')
  reply[#reply + 1] = left and (action and action.kind or 'ban') or ''
end
return reply
