--- sanction: mutes, times out, kicks or bans users, all of them or none.
--- KEYS head events ledger due ops opAges sanctions roles actions actionsOn appeals devices bannedDevices chat chatById chatPin reported
--- ARGV nowMs field fingerprint args
--- Returns { code, action JSON or index of the user, seq, what each is under as JSON }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no moderator, 11 outranked { index }, 12 the caller { index }
--- @include moderator
--- @include sanctions
--- @include chat-history
--- @include reported
-- args: { userIds, kind, durationMs, deleteMessages, devices }; durationMs 0: until it is lifted.
local early = moderator_early()
if early then return early end
for i, user in ipairs(A.userIds) do
  if user == ACTOR then return { 12, i - 1 } end
  if not is_below(user) then return { OUTRANKED, i - 1 } end
end

local letter = LETTER[A.kind]
local until_ms = A.durationMs > 0 and NOW + A.durationMs or 0
local before, targets, put = {}, {}, {}
for _, user in ipairs(A.userIds) do
  targets[user] = true
  local value = redis.call('HGET', K.sanctions, letter .. ' ' .. user)
  local left = in_force(value)
  -- A kick is for a moment: it lets nobody in sooner.
  if not (A.kind == 'kick' and left and (left == 0 or NOW + left > until_ms)) then
    if left then before[user] = value end
    put[#put + 1] = user
    sanctioned_note(user, until_ms, A.kind)
  end
end

local seq = emit('moderation:sanctioned', '{"userIds":' .. json_list(A.userIds, cjson.encode) .. ',"kind":"' .. A.kind
  .. '","untilMs":' .. until_json(until_ms) .. '}')
local taken, messages, ids = {}, {}, {}
if A.deleteMessages then
  taken = chat_take_where(function(_, user) return targets[user] end)
  reported_settle_of(targets)
end
for i, entry in ipairs(taken) do ids[i], messages[i] = entry[1], entry[2] end
chat_unpin(ids, ACTOR, OP_ID)
local action_id, answer = moderator_act({
  kind = A.kind,
  userIds = A.userIds,
  messages = messages,
  untilMs = until_ms,
  keep = cjson.encode({ before = before, taken = taken, devices = A.devices }),
  more = ',"seq":' .. int(seq) .. standing_json(letter),
}, seq)
for _, user in ipairs(put) do sanction_put(letter, user, until_ms, action_id, A.kind == 'ban' and A.devices) end
answer[4] = sanctions_of(A.userIds)
return answer
