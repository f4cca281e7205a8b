-- Included by scripts that look at what moderators did. Needs K.actions: a stream, entry `<no>-0` is the action `a<no>`
-- with the field `a`: its JSON (shared/plays/moderation/actions.ts) as it was written. Entries never change; that one
-- was taken back is noted beside, in a hash. What an undo needs lies in a string of its own, for as long as it may be
-- undone: it can be large, and nobody is shown it.

local ACTIONS_READ = {}

local function action_undone_key() return K.actions .. ':undone' end
local function action_keep_key(action_id) return K.actions .. ':keep:' .. action_id end

-- The JSON of an action, or nil for an unknown one.
local function action_json(action_id)
  local no = string.match(action_id, '^a(%d+)$')
  local entry = no and redis.call('XRANGE', K.actions, no, no)[1]
  return entry and entry[2][2] or nil
end

-- An action as a table, or nil. Read once: a hundred users may be under the same one.
local function action_read(action_id)
  if ACTIONS_READ[action_id] == nil then
    local json = action_json(action_id)
    ACTIONS_READ[action_id] = json and cjson.decode(json) or false
  end
  return ACTIONS_READ[action_id] or nil
end

-- What was kept for an undo, as a table.
local function action_kept(action_id) return cjson.decode(redis.call('GET', action_keep_key(action_id)) or '{}') end

-- Id of the action that took this one back, or false.
local function action_undone_by(action_id) return redis.call('HGET', action_undone_key(), action_id) end
