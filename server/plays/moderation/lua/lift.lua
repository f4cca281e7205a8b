--- lift: ends what keeps somebody from speaking, or out of the room.
--- KEYS head events ledger due ops opAges sanctions roles actions actionsOn appeals devices bannedDevices
--- ARGV nowMs field fingerprint args
--- Returns { code, action JSON, seq, what they are under as JSON }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no moderator, 11 outranked, 13 not sanctioned
--- @include moderator
--- @include sanctions
-- args: { userId, what }.
local early = moderator_early()
if early then return early end
local letter = LETTER[A.what]
local value = redis.call('HGET', K.sanctions, letter .. ' ' .. A.userId)
local left, sanction_id = in_force(value)
if not left then return { 13 } end
local sanction = action_read(sanction_id)
if not is_below(A.userId) or (sanction and not may_revise(sanction)) then return { OUTRANKED } end

sanction_drop(letter, A.userId, sanction_id)
FREED[1] = A.userId
local seq = sanctions_tell(letter)
appeal_settle(sanction_id, A.userId)
local _, answer = moderator_act({
  kind = A.what == 'speak' and 'unmute' or 'unban',
  userIds = FREED,
  detail = sanction_id,
  keep = cjson.encode({ before = { [A.userId] = value } }),
  more = ',"seq":' .. int(seq) .. standing_json(letter),
})
answer[4] = sanctions_of(FREED)
return answer
