-- Included by scripts of commands of staff whose answer is not the action: they keep their own. Else as moderator.lua.
--- @include moderator

local function staff_early()
  local early = op_begin(ARGV[2], ARGV[3])
  if early then return early end
  if RANK[ACTOR_ROLE] < RANK.moderator then return { FORBIDDEN } end
end

-- Writes an action of the caller (fields as in action.lua). Returns its JSON.
local function staff_write(action)
  action.actorId, action.actorName, action.actorRole, action.opId = ACTOR, A.actorName, ACTOR_ROLE, OP_ID
  action.reason = A.reason
  local _, json = action_write(action)
  return json
end

local function staff_answer(result)
  op_store(ARGV[2], ARGV[3], result, A.opHorizonMs)
  return { 0, result }
end
