-- Included by scripts that change roles. Needs K.head, K.events, K.ledger, K.due and K.roles. Gives somebody a role in
-- the room, or takes it back ('viewer'). A caller that gives `until_ms` announces the room before: its end is due then.
--- @include kernel
--- @include roles

local function due_shift(user) return 'room:shift:' .. user end

-- `until_ms` 0: until it is taken back. The role of a token stays what it is.
local function role_appoint(user, role, until_ms, actor, op_id)
  if role == 'viewer' then
    redis.call('HDEL', K.roles, 'a ' .. user)
  else
    redis.call('HSET', K.roles, 'a ' .. user, role .. ' ' .. int(until_ms))
  end
  if until_ms > 0 then redis.call('ZADD', K.due, int(until_ms), due_shift(user)) else redis.call('ZREM', K.due, due_shift(user)) end
  local data = '{"userId":"' .. user .. '","role":"' .. role .. '","untilMs":' .. (until_ms > 0 and int(until_ms) or 'null') .. '}'
  emit('room:role-changed', data)
  fact('role-changed', actor, op_id, data)
end
