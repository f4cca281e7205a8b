--- delete: takes messages of the history back, all of them or none.
--- KEYS head events ledger ops opAges sanctions roles actions actionsOn chat chatById chatPin reported
--- ARGV nowMs field fingerprint args
--- Returns { code, action JSON or index of the message, seq }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no moderator, 11 outranked { index }, 13 no such message { index }
--- @include moderator
--- @include chat-history
--- @include reported
-- args: { messageIds }. One's own may be taken back by oneself.
local early = moderator_early()
if early then return early end
local wanted = {}
for i, id in ipairs(A.messageIds) do
  local message = chat_find(id)
  if not message then return { 13, i - 1 } end
  local user = cjson.decode(message).userId
  if user ~= ACTOR and not is_below(user) then return { OUTRANKED, i - 1 } end
  wanted[id] = true
end

local taken = chat_take_where(function(id) return wanted[id] end)
local seq, messages, authors, seen = EMITTED, {}, {}, {}
for i, entry in ipairs(taken) do
  messages[i] = entry[2]
  local user = cjson.decode(entry[2]).userId
  if not seen[user] then authors[#authors + 1] = user end
  seen[user] = true
end
chat_unpin(A.messageIds, ACTOR, OP_ID)
reported_settle(A.messageIds)
local _, answer = moderator_act({
  kind = 'delete',
  userIds = authors,
  messages = messages,
  keep = cjson.encode({ taken = taken }),
}, seq)
return answer
