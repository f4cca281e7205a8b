-- Included by scripts that take appeals or end what they are against. Needs K.appeals: a hash '<action id> <user>' → JSON
-- (shared/plays/moderation/contract.ts); beside it a sorted set of those that are open, by time.
--- @include kernel

local function appeals_open_key() return K.appeals .. ':open' end
local function appeal_id(action_id, user) return action_id .. ' ' .. user end

local function appeal_read(id)
  local json = redis.call('HGET', K.appeals, id)
  return json and cjson.decode(json)
end

local function appeal_json(appeal)
  return '{"appealId":' .. cjson.encode(appeal.appealId) .. ',"userId":' .. cjson.encode(appeal.userId) .. ',"name":'
    .. cjson.encode(appeal.name) .. ',"text":' .. cjson.encode(appeal.text) .. ',"actionId":"' .. appeal.actionId
    .. '","kind":"' .. appeal.kind .. '","state":"' .. appeal.state .. '","note":' .. cjson.encode(appeal.note)
    .. ',"atMs":' .. int(appeal.atMs) .. '}'
end

-- Writes an appeal and tells the staff.
local function appeal_save(appeal)
  local json = appeal_json(appeal)
  redis.call('HSET', K.appeals, appeal.appealId, json)
  if appeal.state == 'open' then
    redis.call('ZADD', appeals_open_key(), int(appeal.atMs), appeal.appealId)
  else
    redis.call('ZREM', appeals_open_key(), appeal.appealId)
  end
  emit('moderation:appealed', '{"appeal":' .. json .. '}')
end

local function appeal_accepted(action_id, user)
  local appeal = appeal_read(appeal_id(action_id, user))
  return appeal and appeal.state == 'accepted'
end

-- A sanction ended otherwise: an appeal that waits for an answer has what it asked for.
local function appeal_settle(action_id, user)
  local appeal = appeal_read(appeal_id(action_id, user))
  if not appeal or appeal.state ~= 'open' then return end
  appeal.state = 'accepted'
  appeal_save(appeal)
end
