-- Included by scripts that put sanctions on or end them. Needs K.sanctions, K.due, K.devices, K.bannedDevices, K.appeals,
-- and what action.lua needs. A user has at most one sanction of each letter ('b' out of the room, 'm' may not speak): a
-- later one takes the place of an earlier one, which comes back if the later one is undone.
--- @include sanction-record
--- @include appeals
--- @include action

local LETTER = { mute = 'm', timeout = 'm', kick = 'b', ban = 'b', unmute = 'm', unban = 'b', speak = 'm', enter = 'b' }
local WHAT = { m = 'speak', b = 'enter' }

local function due_lapse(letter, user) return 'moderation:lapse:' .. letter .. ' ' .. user end

local function until_json(until_ms) return until_ms > 0 and int(until_ms) or 'null' end

-- Keeps out other accounts of the device that a banned user was last here with. One that is kept out for somebody else
-- already, and for longer, stays so.
local function device_ban(user, until_ms, action_id)
  local device = redis.call('HGET', K.devices, user)
  if not device then return end
  local owner = redis.call('HGET', K.bannedDevices, device)
  if owner then
    local other, other_action = string.match(owner, '^(%S+) (%S+)$')
    local left, in_force_id = in_force(redis.call('HGET', K.sanctions, 'b ' .. other))
    if left and other ~= user and in_force_id == other_action and (left == 0 or (until_ms > 0 and NOW + left > until_ms)) then
      return
    end
  end
  redis.call('HSET', K.bannedDevices, device, user .. ' ' .. action_id)
end

local function device_free(user, action_id)
  local device = redis.call('HGET', K.devices, user)
  if device and redis.call('HGET', K.bannedDevices, device) == user .. ' ' .. action_id then
    redis.call('HDEL', K.bannedDevices, device)
  end
end

-- until_ms 0: for good. devices: whether the ban is of the device, too.
local function sanction_put(letter, user, until_ms, action_id, devices)
  redis.call('HSET', K.sanctions, letter .. ' ' .. user, int(until_ms) .. ' ' .. action_id)
  if until_ms > 0 then
    redis.call('ZADD', K.due, int(until_ms), due_lapse(letter, user))
  else
    redis.call('ZREM', K.due, due_lapse(letter, user))
  end
  if letter == 'b' and devices then device_ban(user, until_ms, action_id) end
end

-- Takes the record of a sanction away.
local function sanction_drop(letter, user, action_id)
  redis.call('HDEL', K.sanctions, letter .. ' ' .. user)
  redis.call('ZREM', K.due, due_lapse(letter, user))
  if letter == 'b' then device_free(user, action_id) end
end

-- The sanction that comes back in the place of one that is undone: of `value`, which that one replaced, or of what was
-- before it where that was taken back meanwhile. nil: none that would still run. Returns until ms (0: for good), action id.
local function sanction_earlier(user, value)
  while value do
    local left, action_id = in_force(value)
    if not left then return nil end
    if not action_undone_by(action_id) and not appeal_accepted(action_id, user) then
      return left == 0 and 0 or NOW + left, action_id
    end
    local kept = action_kept(action_id)
    value = kept.before and kept.before[user]
  end
end

-- What a call has put on and ended, for the room and the fact.
local SANCTIONED, FREED = {}, {}

local function sanctioned_note(user, until_ms, kind)
  SANCTIONED[#SANCTIONED + 1] = { user = user, untilMs = until_ms, kind = kind }
end

-- Tells the room: one event for all who are under the same kind until the same time.
local function sanctions_tell(letter)
  if #FREED > 0 then
    emit('moderation:lifted', '{"userIds":' .. json_list(FREED, cjson.encode) .. ',"what":"' .. WHAT[letter] .. '"}')
  end
  local groups, order = {}, {}
  for _, each in ipairs(SANCTIONED) do
    local tail = ',"kind":"' .. each.kind .. '","untilMs":' .. until_json(each.untilMs) .. '}'
    if not groups[tail] then
      groups[tail] = {}
      order[#order + 1] = tail
    end
    groups[tail][#groups[tail] + 1] = each.user
  end
  for _, tail in ipairs(order) do
    emit('moderation:sanctioned', '{"userIds":' .. json_list(groups[tail], cjson.encode) .. tail)
  end
  return EMITTED
end

-- Further members of the fact `moderated`: who is under a sanction of this letter from here on, and who no more.
local function standing_json(letter)
  local on = json_list(SANCTIONED, function(each)
    return '{"userId":' .. cjson.encode(each.user) .. ',"untilMs":' .. until_json(each.untilMs) .. '}'
  end)
  return ',"standing":{"what":"' .. WHAT[letter] .. '","on":' .. on .. ',"off":' .. json_list(FREED, cjson.encode) .. '}'
end

-- What these users are under now, for each to be told: JSON list of [user, sanctions].
local function sanctions_of(users)
  return json_list(users, function(user) return '[' .. cjson.encode(user) .. ',' .. sanctions_json(user) .. ']' end)
end
