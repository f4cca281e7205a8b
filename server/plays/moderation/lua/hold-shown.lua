--- hold-shown: takes shown messages back until they are reviewed, all of them or none.
--- KEYS head events ledger ops opAges sanctions roles actions actionsOn chat chatById chatPin held heldById reported
--- ARGV nowMs field fingerprint args
--- Returns { code, action JSON or index of the message, seq }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no moderator, 11 outranked { index }, 13 no such message { index }
--- @include moderator
--- @include chat-history
--- @include hold-queue
--- @include reported
-- args: { messageIds, max, batch }. One's own may be taken back by oneself.
local early = moderator_early()
if early then return early end
local wanted = {}
for i, id in ipairs(A.messageIds) do
  local message = chat_find(id)
  if not message then return { 13, i - 1 } end
  local author = message_author(message)
  if author ~= ACTOR and not is_below(author) then return { OUTRANKED, i - 1 } end
  wanted[id] = true
end

local taken = chat_take_where(function(id) return wanted[id] end)
local seq, messages = EMITTED, {}
chat_unpin(A.messageIds, ACTOR, OP_ID)
reported_settle(A.messageIds)
local why = '{"by":"moderator","detail":' .. cjson.encode(A.reason) .. '}'
for i, entry in ipairs(taken) do
  local id, message, quote = unpack(entry)
  messages[i] = message
  held_put(id, message, why, quote, '')
end
local _, answer = moderator_act({
  kind = 'hold',
  userIds = message_authors(messages),
  messages = messages,
  keep = cjson.encode({ held = A.messageIds }),
}, seq)
held_trim(A.max, A.batch, OP_ID)
return answer
