--- undo: takes an action back: a sanction ends, messages, modes and roles return.
--- KEYS head events ledger due ops opAges sanctions roles actions actionsOn appeals devices bannedDevices chat chatById modes held heldById
--- ARGV nowMs field fingerprint args
--- Returns { code, action JSON, seq, what each is under as JSON }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no moderator, 11 outranked, 13 no such action, 14 it cannot be undone
--- @include moderator
--- @include sanctions
--- @include chat-history
--- @include modes-book
--- @include hold-queue
--- @include appoint
-- args: { actionId, chatKept }.
local early = moderator_early()
if early then return early end
local undone = action_read(A.actionId)
if not undone then return { 13 } end
if not may_revise(undone) then return { OUTRANKED } end
if action_undone_by(A.actionId) or NOW - undone.atMs > ACTION_UNDO_MS then return { 14 } end

local kept = action_kept(A.actionId)
local messages, more = {}, ''

local function restore_messages()
  if kept.taken then messages = chat_restore(kept.taken, A.chatKept) end
end

-- Puts an earlier sanction on again, where one would still run. Returns whether there is one.
local function bring_back(letter, user, value)
  local until_ms, action_id = sanction_earlier(user, value)
  if not until_ms then return false end
  sanction_put(letter, user, until_ms, action_id, action_kept(action_id).devices)
  local action = action_read(action_id)
  sanctioned_note(user, until_ms, action and action.kind or (letter == 'b' and 'ban' or 'mute'))
  return true
end

local function end_sanction()
  local letter = LETTER[undone.kind]
  for _, user in ipairs(undone.userIds) do
    local value = redis.call('HGET', K.sanctions, letter .. ' ' .. user)
    -- One that a later sanction replaced, or that has ended, changes nothing now; it is not brought back later.
    if value and string.match(value, '^%d+ (%S+)') == A.actionId then
      local was_in_force = in_force(value)
      sanction_drop(letter, user, A.actionId)
      if was_in_force and not bring_back(letter, user, kept.before and kept.before[user]) then FREED[#FREED + 1] = user end
      appeal_settle(A.actionId, user)
    end
  end
  sanctions_tell(letter)
  more = standing_json(letter)
  restore_messages()
end

local function end_lift()
  local letter, user = LETTER[undone.kind], undone.userIds[1]
  if not in_force(redis.call('HGET', K.sanctions, letter .. ' ' .. user)) then
    bring_back(letter, user, kept.before and kept.before[user])
  end
  sanctions_tell(letter)
  more = standing_json(letter)
end

-- The role that was before, unless it was changed again since, or has ended.
local function end_appointment()
  local user = undone.userIds[1]
  if (redis.call('HGET', K.roles, 'a ' .. user) or '') ~= kept.is then return false end
  local role = role_in_force(kept.was ~= '' and kept.was)
  local until_ms = role ~= 'viewer' and tonumber(string.match(kept.was, ' (%d+)')) or 0
  role_appoint(user, role, until_ms, ACTOR, OP_ID)
end

local UNDO = {
  mute = end_sanction, timeout = end_sanction, kick = end_sanction, ban = end_sanction,
  unmute = end_lift, unban = end_lift,
  delete = function()
    if not kept.taken then return false end
    restore_messages()
  end,
  appoint = end_appointment,
  hold = function()
    messages = held_restore(kept.held or {}, A.chatKept)
    -- All of them were reviewed since, or would have scrolled out.
    if #messages == 0 then return false end
  end,
  modes = function()
    if not kept.modes then return false end
    modes_write(kept.modes)
  end,
}
local take_back = UNDO[undone.kind]
if not take_back or take_back() == false then return { 14 } end

local action_id, answer = moderator_act({
  kind = 'undo',
  userIds = undone.userIds,
  messages = messages,
  detail = undone.kind,
  undoes = A.actionId,
  more = more,
})
action_mark_undone(A.actionId, action_id)
answer[4] = sanctions_of(LETTER[undone.kind] and undone.userIds or {})
return answer
