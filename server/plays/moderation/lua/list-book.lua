-- Included by the scripts of word lists. Needs K.head, K.events and K.wordLists. The word lists of a room. A value of K.wordLists is a list's JSON without its
-- last field and brace; '' stands for a starter list that was removed. The fields `#version` and `#changedAtMs`, which
-- are no ids, are of all lists together. Words are the members of a zset whose scores are all 0, so that it is in
-- alphabetical order. Starter lists are in force as they come with the server, until the room changes one: from then
-- on it has a copy of its own.
--- @include kernel

local function list_words_key(list_id) return K.wordLists .. ':' .. list_id end

-- All lists by their ids, starters: [{ listId, head, words (how many) }].
local function lists_read(starters)
  local stored, lists = {}, {}
  local flat = redis.call('HGETALL', K.wordLists)
  for i = 1, #flat, 2 do stored[flat[i]] = flat[i + 1] end
  for _, s in ipairs(starters) do
    if not stored[s.listId] then lists[s.listId] = { id = s.listId, head = s.head, words = s.words, starter = true } end
  end
  for id, head in pairs(stored) do
    if head ~= '' and string.sub(id, 1, 1) ~= '#' then
      lists[id] = { id = id, head = head, words = redis.call('ZCARD', list_words_key(id)) }
    end
  end
  return lists
end

local function lists_count(lists)
  local count, words = 0, 0
  for _, list in pairs(lists) do count, words = count + 1, words + list.words end
  return count, words
end

local function list_json(list) return list.head .. ',"words":' .. int(list.words) .. '}' end

local function words_add(list_id, words)
  for from = 1, #words, 500 do
    local members = {}
    for i = from, math.min(from + 499, #words) do
      members[#members + 1] = '0'
      members[#members + 1] = words[i]
    end
    redis.call('ZADD', list_words_key(list_id), unpack(members))
  end
end

-- Before the first change of a starter list: makes it the room's own.
local function list_own(list, words)
  if not list.starter then return end
  list.starter = nil
  redis.call('HSET', K.wordLists, list.id, list.head)
  words_add(list.id, words)
end

-- After a change: nodes build their matchers anew.
local function lists_tell(lists)
  redis.call('HINCRBY', K.wordLists, '#version', 1)
  redis.call('HSET', K.wordLists, '#changedAtMs', int(NOW))
  local ids, parts = {}, {}
  for id in pairs(lists) do ids[#ids + 1] = id end
  table.sort(ids)
  for i, id in ipairs(ids) do parts[i] = list_json(lists[id]) end
  emit('moderation:lists-changed', '{"lists":[' .. table.concat(parts, ',') .. ']}')
end
