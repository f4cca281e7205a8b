-- Included by scripts that say something or take it back. Needs K.head, K.events, K.chat and K.chatById. The last
-- messages of the room. A value of K.chatById is '<what a reply quotes>\n<the message>', both JSON; K.chat has the
-- messages newest first.
--- @include kernel

local function chat_find(message_id)
  local known = redis.call('HGET', K.chatById, message_id)
  if not known then return nil end
  local at = string.find(known, '\n', 1, true)
  return string.sub(known, at + 1), string.sub(known, 1, at - 1)
end

local function message_id_of(message) return string.match(message, '^{"messageId":"([%w_-]+)"') end

local function chat_drop_oldest() redis.call('HDEL', K.chatById, message_id_of(redis.call('RPOP', K.chat))) end

local function chat_put(message_id, message, quote, kept)
  redis.call('HSET', K.chatById, message_id, quote .. '\n' .. message)
  if redis.call('LPUSH', K.chat, message) > kept then chat_drop_oldest() end
end

-- Takes a message out of the history. Returns it and its quote, or nil where it is not among the last.
local function chat_take(message_id)
  local message, quote = chat_find(message_id)
  if not message then return nil end
  redis.call('LREM', K.chat, 1, message)
  redis.call('HDEL', K.chatById, message_id)
  return message, quote
end

-- It stands at the end: the text before need not be looked through.
local function said_at(message) return tonumber(string.match(string.sub(message, -24), '"atMs":(%d+)}$')) end

-- Puts messages that were taken out back in their places by time, behind those of the same ms, and tells the room.
-- taken: { { id, message, quote }, … }, newest first. Returns the messages that are back, oldest first: those that would
-- have scrolled out of the last `kept` since stay gone.
local function chat_restore(taken, kept)
  local list, times, fitting, back = redis.call('LRANGE', K.chat, 0, -1), {}, {}, {}
  for i, message in ipairs(list) do times[i] = said_at(message) end
  local newer = 0
  for _, entry in ipairs(taken) do
    local at = said_at(entry[2])
    while times[newer + 1] and times[newer + 1] > at do newer = newer + 1 end
    -- Where it goes among those that are there; those that return before it come in front.
    if newer + #fitting < kept and not chat_find(entry[1]) then
      fitting[#fitting + 1] = { id = entry[1], message = entry[2], quote = entry[3], place = newer + 1 }
    end
  end
  for i = #fitting, 1, -1 do
    local entry = fitting[i]
    local older = list[entry.place]
    if older then redis.call('LINSERT', K.chat, 'BEFORE', older, entry.message) else redis.call('RPUSH', K.chat, entry.message) end
    list[entry.place] = entry.message
    redis.call('HSET', K.chatById, entry.id, entry.quote .. '\n' .. entry.message)
    emit('chat:restored', '{"message":' .. entry.message .. '}')
    back[#back + 1] = entry.message
  end
  for _ = kept + 1, redis.call('LLEN', K.chat) do chat_drop_oldest() end
  return back
end

-- Messages of the history that `wanted` (message id, user id → boolean) names, newest first, as JSON.
local function chat_where(wanted)
  local found = {}
  for _, message in ipairs(redis.call('LRANGE', K.chat, 0, -1)) do
    local id, user = string.match(message, '^{"messageId":"([%w_-]+)","userId":"([^"]+)"')
    if wanted(id, user) then found[#found + 1] = message end
  end
  return found
end

-- Takes messages out of the history and tells the room. Returns { { id, message, quote }, … }, newest first.
local function chat_take_where(wanted)
  local taken, ids = {}, {}
  for i, message in ipairs(chat_where(wanted)) do
    ids[i] = message_id_of(message)
    local _, quote = chat_take(ids[i])
    taken[i] = { ids[i], message, quote }
  end
  if #ids > 0 then emit('chat:removed', '{"messageIds":["' .. table.concat(ids, '","') .. '"]}') end
  return taken
end

-- Needs K.chatPin and K.ledger, too. A pinned message that is taken back is pinned no more.
local function chat_unpin(message_ids, actor, op_id)
  local pinned = redis.call('GET', K.chatPin)
  if not pinned then return end
  for _, id in ipairs(message_ids) do
    if id == message_id_of(pinned) then
      redis.call('DEL', K.chatPin)
      emit('chat:pinned', '{"message":null}')
      fact('message-pinned', actor, op_id, '{"messageId":null}')
    end
  end
end
