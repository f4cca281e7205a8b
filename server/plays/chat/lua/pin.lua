--- pin: shows one message of the history above the chat, or none.
--- KEYS head events ops opAges chatById chatPin
--- ARGV nowMs field fingerprint messageId opHorizonMs
--- Returns { code, '' }: 0 done, 1 replay, 2 mismatch, 10 no such message
--- @include kernel
--- @include ops
-- messageId '' means: none.
local state, stored = op_find(ARGV[2], ARGV[3])
if state == OP_REPLAY then return { 1, stored } end
if state == OP_MISMATCH then return { 2 } end
local message = 'null'
if ARGV[4] ~= '' then
  local known = redis.call('HGET', K.chatById, ARGV[4])
  if not known then return { 10 } end
  message = string.sub(known, string.find(known, '\n', 1, true) + 1)
end

if message == 'null' then redis.call('DEL', K.chatPin) else redis.call('SET', K.chatPin, message) end
emit('chat:pinned', '{"message":' .. message .. '}')
op_store(ARGV[2], ARGV[3], '', tonumber(ARGV[5]))
return { 0, '' }
