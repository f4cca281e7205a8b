--- say: puts a message into the room's history and event log.
--- KEYS head events ops opAges chat chatById
--- ARGV nowMs field fingerprint args
--- Returns { code, { seq, message } as JSON }: 0 done, 1 replay, 2 mismatch, 10 the message replied to is gone
--- @include kernel
--- @include ops
-- args: { messageId, head, quote, replyTo, kept, opHorizonMs }. `head` is the message's JSON without its
-- last fields and brace; `quote` is what a reply to it will carry.
local a = cjson.decode(ARGV[4])
local state, stored = op_find(ARGV[2], ARGV[3])
if state == OP_REPLAY then return { 1, stored } end
if state == OP_MISMATCH then return { 2 } end
local reply_to = 'null'
if a.replyTo ~= '' then
  local known = redis.call('HGET', K.chatById, a.replyTo)
  if not known then return { 10 } end
  reply_to = string.sub(known, 1, string.find(known, '\n', 1, true) - 1)
end

local message = a.head .. ',"replyTo":' .. reply_to .. ',"atMs":' .. int(NOW) .. '}'
redis.call('HSET', K.chatById, a.messageId, a.quote .. '\n' .. message)
if redis.call('LPUSH', K.chat, message) > a.kept then
  local oldest = redis.call('RPOP', K.chat)
  redis.call('HDEL', K.chatById, string.match(oldest, '^{"messageId":"([%w_-]+)"'))
end
local seq = emit('chat:said', message)
local result = '{"seq":' .. int(seq) .. ',"message":' .. message .. '}'
op_store(ARGV[2], ARGV[3], result, a.opHorizonMs)
return { 0, result }
