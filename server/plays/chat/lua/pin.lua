--- pin: shows one message of the history above the chat, or none.
--- KEYS head events ledger ops opAges sanctions chatById chatPin
--- ARGV nowMs field fingerprint messageId opHorizonMs
--- Returns { code, '' }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no such message
--- @include ops
--- @include chat-history
-- messageId '' means: none.
local early = op_begin(ARGV[2], ARGV[3])
if early then return early end
local message = 'null'
if ARGV[4] ~= '' then
  message = chat_find(ARGV[4])
  if not message then return { 10 } end
end

if message == 'null' then redis.call('DEL', K.chatPin) else redis.call('SET', K.chatPin, message) end
emit('chat:pinned', '{"message":' .. message .. '}')
local actor, op_id = string.match(ARGV[2], '^(%S+) (%S+)')
fact('message-pinned', actor, op_id, '{"messageId":' .. (ARGV[4] == '' and 'null' or '"' .. ARGV[4] .. '"') .. '}')
op_store(ARGV[2], ARGV[3], '', tonumber(ARGV[5]))
return { 0, '' }
