-- Included by every script of a moderator's command. ARGV: nowMs field fingerprint args; args has { tokenRole, actorName,
-- reason, opHorizonMs } besides its own. Needs K.ops, K.opAges, K.sanctions, K.roles and what action.lua needs.
--- @include ops
--- @include roles
--- @include action

local A = cjson.decode(ARGV[4])
local ACTOR, OP_ID = string.match(ARGV[2], '^(%S+) (%S+)$')
-- Decided here, not by the node: it may not know yet that a role was taken back.
local ACTOR_ROLE = role_of(ACTOR, A.tokenRole)

local FORBIDDEN, OUTRANKED = 10, 11

-- { code }: what keeps the caller from acting; or the answer to a retry. nil: go on.
local function moderator_early()
  local early = op_begin(ARGV[2], ARGV[3])
  if early and early[1] == 1 then
    local seq, action_id = string.match(early[2], '^(%d+) (%S+)$')
    return { 1, action_json(action_id), tonumber(seq) }
  end
  if early then return early end
  if RANK[ACTOR_ROLE] < RANK.moderator then return { FORBIDDEN } end
end

local function is_below(user) return RANK[role_of(user, 'viewer')] < RANK[ACTOR_ROLE] end

-- Nobody of a lower role decides anew on what this action decided, and nobody on what others did to them.
local function may_revise(action)
  if action.actorId == ACTOR then return true end
  if RANK[action.actorRole] > RANK[ACTOR_ROLE] then return false end
  for _, user in ipairs(action.userIds) do
    if user == ACTOR then return false end
  end
  return true
end

-- Writes an action of the caller (fields as in action.lua) and keeps the answer. Returns its id, and the answer
-- { 0, action JSON, seq }; `seq` left out: of the last event.
local function moderator_act(action, seq)
  action.actorId, action.actorName, action.actorRole, action.opId = ACTOR, A.actorName, ACTOR_ROLE, OP_ID
  action.reason = A.reason
  local action_id, json = action_write(action)
  seq = seq or EMITTED
  op_store(ARGV[2], ARGV[3], int(seq) .. ' ' .. action_id, A.opHorizonMs)
  return action_id, { 0, json, seq }
end
