-- Included by scripts that say what somebody is under. Needs K.sanctions, K.actions and K.appeals. A sanction as the one
-- who is under it sees it.
--- @include standing
--- @include action-record

-- letter: 'b' out of the room, 'm' may not speak. Returns JSON (shared/kernel/sanction.ts), or nil where none is in force.
local function sanction_json(letter, user)
  local value = redis.call('HGET', K.sanctions, letter .. ' ' .. user)
  local left, action_id = in_force(value)
  if not left then return nil end
  local action = action_read(action_id) or { kind = letter == 'b' and 'ban' or 'mute', reason = '' }
  local appeal = redis.call('HGET', K.appeals, action_id .. ' ' .. user)
  local state = 'none'
  if appeal then state = cjson.decode(appeal).state == 'open' and 'open' or 'rejected' end
  return '{"actionId":"' .. action_id .. '","kind":"' .. action.kind .. '","untilMs":' .. (left == 0 and 'null' or int(NOW + left))
    .. ',"reason":' .. cjson.encode(action.reason) .. ',"appeal":"' .. state .. '"}'
end

-- All that somebody is under, as a JSON list.
local function sanctions_json(user)
  local list = {}
  list[1] = sanction_json('b', user)
  list[#list + 1] = sanction_json('m', user)
  return '[' .. table.concat(list, ',') .. ']'
end
