--- say: puts a message into the room's history and event log.
--- KEYS head events ledger ops opAges sanctions modes followers spoke fans fanRules fanBoards phrases draws chat chatById
--- ARGV nowMs field fingerprint args
--- Returns { code, { seq, message } as JSON or detail, fans to tell as JSON }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 the message replied to is gone, 11 muted { ms, 0 for good }, 12 slow mode { ms }, 13 followers only { ms, 0 for those who don't follow }, 14 level too low { level wanted }
--- @include ops
--- @include chat-history
--- @include speak
--- @include phrases
-- args: { messageId, head, quote, replyTo, kept, opHorizonMs, user, opId, staff, skeleton, days }. `quote` is what a
-- reply to the message will carry.
local a = cjson.decode(ARGV[4])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
local refusal, message, fan = speak_message(a)
if refusal then return refusal end

chat_put(a.messageId, message, a.quote, a.kept)
speak_note(a.user)
phrases_heard(a.user, a.skeleton)
local seq = emit('chat:said', message)
local result = '{"seq":' .. int(seq) .. ',"message":' .. message .. '}'
op_store(ARGV[2], ARGV[3], result, a.opHorizonMs)
local told = '[]'
if fan and fan_award(fan, 'chat', fan_rules().chat.points, a.days) > 0 then told = fans_save(a.user, a.opId) end
return { 0, result, told }
