--- review: shows held messages to everyone, or rejects them for good; all of them or none.
--- KEYS head events ledger ops opAges sanctions roles actions actionsOn chat chatById held heldById phrases draws
--- ARGV nowMs field fingerprint args
--- Returns { code, action JSON or index of the message, seq }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no moderator, 13 it does not wait { index }, 14 its author is banned and it cannot be approved { index }
--- @include moderator
--- @include chat-history
--- @include phrases
--- @include hold-queue
-- args: { messageIds, approve, kept }.
local early = moderator_early()
if early then return early end
local waiting = {}
for i, id in ipairs(A.messageIds) do
  local held = held_find(id)
  if not held then return { 13, i - 1 } end
  if A.approve and banned(message_author(held.message)) then return { 14, i - 1 } end
  waiting[i] = held
end

-- What was said since stands before it. Its badge is that of the time when it was written. No points: nobody could answer.
local function say_now(id, held)
  local message = string.gsub(held.message, '"atMs":%d+}$', '"atMs":' .. int(NOW) .. '}')
  chat_put(id, message, held.quote, A.kept)
  phrases_heard(message_author(message), held.skeleton)
  emit('chat:said', message)
end

local messages, seen_before = {}, {}
for i, id in ipairs(A.messageIds) do
  local held = waiting[i]
  messages[i] = held.message
  if A.approve and held_after_shown(held) then
    seen_before[#seen_before + 1] = id
  else
    held_drop(id)
    if A.approve then say_now(id, held) end
  end
end
held_restore(seen_before, A.kept)
local _, answer = moderator_act({
  kind = A.approve and 'approve' or 'reject',
  userIds = message_authors(messages),
  messages = messages,
})
return answer
