-- Included by the scripts of review. Needs K.held, K.heldById and what action.lua needs. Messages that wait for review. A value of
-- K.heldById is five lines: the message, why it waits (both JSON), since when in ms, what a reply to it would quote
-- (JSON), and the skeleton of its text.
--- @include kernel
--- @include action
--- @include chat-history

local HELD_PATTERN = '^([^\n]*)\n([^\n]*)\n(%d+)\n([^\n]*)\n([^\n]*)$'

-- Puts a message into the queue and tells staff. Returns the seq of the event.
local function held_put(message_id, message, why, quote, skeleton)
  redis.call('HSET', K.heldById, message_id, table.concat({ message, why, int(NOW), quote, skeleton }, '\n'))
  redis.call('ZADD', K.held, int(NOW), message_id)
  return emit('moderation:held', '{"message":' .. message .. ',"why":' .. why .. ',"heldAtMs":' .. int(NOW) .. '}')
end

-- { message, why, heldAtMs, quote, skeleton }, or nil for a message that does not wait.
local function held_find(message_id)
  local value = redis.call('HGET', K.heldById, message_id)
  if not value then return nil end
  local message, why, at, quote, skeleton = string.match(value, HELD_PATTERN)
  return { message = message, why = why, heldAtMs = tonumber(at), quote = quote, skeleton = skeleton }
end

-- Everybody has seen it before: a moderator took it back.
local function held_after_shown(held) return string.find(held.why, '^{"by":"moderator"') ~= nil end

local function held_drop(message_id)
  redis.call('HDEL', K.heldById, message_id)
  redis.call('ZREM', K.held, message_id)
end

-- Gives those of these messages that still wait, and that everybody has seen before, back to their places among the
-- last `kept`. Needs K.chat and K.chatById. Returns the messages that are back, oldest first.
local function held_restore(message_ids, kept)
  local taken = {}
  for _, id in ipairs(message_ids) do
    local held = held_find(id)
    if held and held_after_shown(held) then
      held_drop(id)
      taken[#taken + 1] = { id, held.message, held.quote }
    end
  end
  table.sort(taken, function(a, b) return said_at(a[2]) > said_at(b[2]) end)
  return chat_restore(taken, kept)
end

local function message_author(message) return string.match(message, '^{"messageId":"[%w_-]+","userId":"([^"]+)"') end

-- Authors of messages, each once, in their order.
local function message_authors(messages)
  local seen, authors = {}, {}
  for _, message in ipairs(messages) do
    local user = message_author(message)
    if not seen[user] then
      seen[user] = true
      authors[#authors + 1] = user
    end
  end
  return authors
end

-- Beyond `max` the oldest go, `batch` of them in one action of the log: in a flood one entry stands for many. Returns
-- whether any did.
local function held_trim(max, batch, op_id)
  if redis.call('ZCARD', K.held) <= max then return false end
  local oldest, messages = redis.call('ZRANGE', K.held, 0, batch - 1), {}
  for i, message_id in ipairs(oldest) do
    messages[i] = held_find(message_id).message
    held_drop(message_id)
  end
  action_write({
    kind = 'reject', actorId = 'system', actorName = '', actorRole = 'moderator', opId = op_id,
    userIds = message_authors(messages), messages = messages, detail = 'queue-full',
  })
  return true
end
