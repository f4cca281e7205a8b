--- words-edit: adds words to a list and takes words out.
--- KEYS head events ledger ops opAges sanctions roles actions actionsOn wordLists
--- ARGV nowMs field fingerprint args
--- Returns { code, list JSON }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no moderator, 13 no such list, 14 too many words
--- @include staff-op
--- @include list-book
-- args: { listId, add, remove, wordsMax, starters, seed (words of the starter list of this id), detail }. No word is in
-- both `add` and `remove`, none is twice in one.
local early = staff_early()
if early then return early end
local lists = lists_read(A.starters)
local list = lists[A.listId]
if not list then return { 13 } end
local seed = {}
for _, word in ipairs(A.seed) do seed[word] = true end
local function has(word)
  if list.starter then return seed[word] == true end
  return redis.call('ZSCORE', list_words_key(A.listId), word) ~= false
end
local added, removed = {}, {}
for _, word in ipairs(A.add) do if not has(word) then added[#added + 1] = word end end
for _, word in ipairs(A.remove) do if has(word) then removed[#removed + 1] = word end end
local change = #added - #removed
local _, words = lists_count(lists)
if change > 0 and words + change > A.wordsMax then return { 14 } end

if #added + #removed > 0 then
  list_own(list, A.seed)
  words_add(A.listId, added)
  if #removed > 0 then redis.call('ZREM', list_words_key(A.listId), unpack(removed)) end
  list.words = list.words + change
  lists_tell(lists)
  staff_write({ kind = 'words', detail = A.detail })
end
return staff_answer(list_json(list))
