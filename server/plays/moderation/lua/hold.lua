--- hold: keeps what somebody says for review. Its author is answered as if it had been said, and nobody else hears of it but staff.
--- KEYS head events ledger ops opAges sanctions modes followers spoke fans fanRules chatById held heldById actions actionsOn
--- ARGV nowMs field fingerprint args
--- Returns { code, { seq, message } as JSON or detail, 1 where a fact was written }, codes as of say.lua
--- @include ops
--- @include speak
--- @include hold-queue
-- args: those of say.lua but for `kept` and `days`, and { why, max, batch }: why as JSON, how many may wait, and how
-- many of the oldest go when there are more. `ops` are those of chat: one opId means one message, said or held.
local a = cjson.decode(ARGV[4])
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
local refusal, message = speak_message(a)
if refusal then return refusal end

-- No points, and no passphrase until it is shown.
speak_note(a.user)
local seq = held_put(a.messageId, message, a.why, a.quote, a.skeleton)
local result = '{"seq":' .. int(seq) .. ',"message":' .. message .. '}'
op_store(ARGV[2], ARGV[3], result, a.opHorizonMs)
return { 0, result, held_trim(a.max, a.batch, a.opId) and 1 or 0 }
