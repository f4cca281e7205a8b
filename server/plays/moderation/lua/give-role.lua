--- give-role: the host gives somebody a role in the room, or takes it back.
--- KEYS head events ledger due ops opAges sanctions roles actions actionsOn
--- ARGV nowMs field fingerprint args
--- Returns { code, action JSON, seq }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 not the host, 11 outranked, 12 the caller
--- @include moderator
--- @include appoint
-- args: { userId, role, durationMs }; durationMs 0: until it is taken back.
local early = moderator_early()
if early then return early end
if ACTOR_ROLE ~= 'host' then return { FORBIDDEN } end
if A.userId == ACTOR then return { 12 } end
if not is_below(A.userId) then return { OUTRANKED } end

local was = redis.call('HGET', K.roles, 'a ' .. A.userId)
local until_ms = (A.role ~= 'viewer' and A.durationMs > 0) and NOW + A.durationMs or 0
role_appoint(A.userId, A.role, until_ms, ACTOR, OP_ID)
local seq = EMITTED
local _, answer = moderator_act({
  kind = 'appoint',
  userIds = { A.userId },
  untilMs = until_ms,
  detail = role_in_force(was) .. ' -> ' .. A.role,
  keep = cjson.encode({ was = was or '', is = redis.call('HGET', K.roles, 'a ' .. A.userId) or '' }),
}, seq)
return answer
