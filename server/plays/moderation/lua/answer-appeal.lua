--- answer-appeal: accepts an appeal, which ends the sanction, or rejects it.
--- KEYS head events ledger due ops opAges sanctions roles actions actionsOn appeals devices bannedDevices
--- ARGV nowMs field fingerprint args
--- Returns { code, action JSON, seq, what they are under as JSON }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no moderator, 11 outranked, 13 no such open appeal
--- @include moderator
--- @include sanctions
-- args: { appealId, accept }.
local early = moderator_early()
if early then return early end
local appeal = appeal_read(A.appealId)
if not appeal or appeal.state ~= 'open' then return { 13 } end
local user = appeal.userId
local sanction = action_read(appeal.actionId)
if user == ACTOR or (sanction and not may_revise(sanction)) then return { OUTRANKED } end

appeal.state, appeal.note = A.accept and 'accepted' or 'rejected', A.reason
local letter = LETTER[appeal.kind]
local left, action_id = in_force(redis.call('HGET', K.sanctions, letter .. ' ' .. user))
-- A later sanction stays: the appeal was not against it.
if A.accept and left and action_id == appeal.actionId then
  sanction_drop(letter, user, action_id)
  FREED[1] = user
  sanctions_tell(letter)
end
appeal_save(appeal)
local _, answer = moderator_act({
  kind = A.accept and 'appeal-accepted' or 'appeal-rejected',
  userIds = { user },
  detail = appeal.actionId,
  more = standing_json(letter),
})
answer[4] = sanctions_of({ user })
return answer
