-- Included by every script that writes into the moderation log. Needs K.head, K.events, K.ledger, K.actions and
-- K.actionsOn (a prefix). How to use it:
--
--   local action_id, action_json = action_write({
--     kind = 'delete',                    -- one of ACTION_KINDS (shared/plays/moderation/actions.ts)
--     actorId = 'mo', actorName = 'Mo', actorRole = 'moderator', opId = '…',
--     userIds = { 'ana' },                -- whom it is against; left out: nobody
--     messages = { '{"messageId":…}' },   -- messages as JSON, of the history or held; left out: none
--     reason = '', detail = '',           -- plain text; left out: ''
--     untilMs = 1900000000000,            -- when a sanction ends; left out or 0: null
--     undoes = 'a3',                      -- the action that it takes back; left out: null
--     keep = '{…}',                       -- what an undo needs, JSON; kept for a day, nobody is shown it. See undo.lua
--     more = ',"standing":[…]',           -- further members of the fact, JSON with a comma in front; left out: none
--   })
--
-- writes the entry of the stream, the lists of the users, the fact `moderated`, and the staff's event `moderation:acted`.
-- `action_json` fits `actionSchema`. To be called after the events that everybody gets. Who acts by program has
-- actorId 'system', actorName '' and actorRole 'moderator'.
--
--   action_mark_undone('a3', 'a7')        -- a7 has taken a3 back
--   action_read('a3'), action_kept('a3'), action_undone_by('a3')   -- of action-record.lua
--
-- `keep` of the kind 'modes' is {"modes":{…}}: the fields of K.modes before it. undo.lua writes them again.
--- @include kernel
--- @include action-record

local ACTION_MESSAGES_MAX = 50
-- The log of the room has all of them; these are for finding somebody's quickly.
local ACTIONS_ON_MAX = 1000
-- The same as MODERATION_LIMITS.undoMs; a test compares them. What is kept for an undo goes a little later.
local ACTION_UNDO_MS, ACTION_KEEP_MS = 86400000, 90000000

-- A list as JSON: cjson takes an empty table for an object.
local function json_list(values, encode)
  local parts = {}
  for i, value in ipairs(values) do parts[i] = encode and encode(value) or value end
  return '[' .. table.concat(parts, ',') .. ']'
end

-- A message as it is kept for evidence.
local function action_evidence(message_json)
  local message = cjson.decode(message_json)
  return '{"messageId":"' .. message.messageId .. '","userId":' .. cjson.encode(message.userId) .. ',"name":'
    .. cjson.encode(message.name) .. ',"text":' .. cjson.encode(message.text) .. '}'
end

local function action_write(action)
  local no = int(redis.call('HINCRBY', K.head, 'action', 1))
  local id, users = 'a' .. no, action.userIds or {}
  local evidence = {}
  for i, message in ipairs(action.messages or {}) do
    if i <= ACTION_MESSAGES_MAX then evidence[i] = action_evidence(message) end
  end
  local until_ms = action.untilMs or 0
  local json = '{"actionId":"' .. id .. '","kind":"' .. action.kind .. '","actorId":' .. cjson.encode(action.actorId)
    .. ',"actorName":' .. cjson.encode(action.actorName) .. ',"actorRole":"' .. action.actorRole .. '","userIds":'
    .. json_list(users, cjson.encode) .. ',"messages":' .. json_list(evidence) .. ',"reason":'
    .. cjson.encode(action.reason or '') .. ',"untilMs":' .. (until_ms > 0 and int(until_ms) or 'null') .. ',"detail":'
    .. cjson.encode(action.detail or '') .. ',"undoes":' .. (action.undoes and '"' .. action.undoes .. '"' or 'null')
    .. ',"undoneBy":null,"atMs":' .. int(NOW) .. '}'
  redis.call('XADD', K.actions, no .. '-0', 'a', json)
  if action.keep then redis.call('SET', action_keep_key(id), action.keep, 'PX', ACTION_KEEP_MS) end
  for _, user in ipairs(users) do
    local list = K.actionsOn .. ':' .. user
    if redis.call('LPUSH', list, no) > ACTIONS_ON_MAX then redis.call('LTRIM', list, 0, ACTIONS_ON_MAX - 1) end
  end
  emit('moderation:acted', '{"action":' .. json .. '}')
  fact('moderated', action.actorId, action.opId, string.sub(json, 1, -2) .. (action.more or '') .. '}')
  return id, json
end

local function action_mark_undone(action_id, by_action_id)
  redis.call('HSET', action_undone_key(), action_id, by_action_id)
end
