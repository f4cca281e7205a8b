--- list-swap: gives a list the words that were gathered beside it. Takes no time that depends on how many they are.
--- KEYS head events ledger ops opAges sanctions roles actions actionsOn wordLists fresh
--- ARGV nowMs field fingerprint args
--- Returns { code, list JSON }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no moderator, 13 no such list, 14 too many words
--- @include staff-op
--- @include list-book
-- args: { listId, wordsMax, starters, detail }.
local early = staff_early()
if early then return early end
local lists = lists_read(A.starters)
local list = lists[A.listId]
if not list then return { 13 } end
local count = redis.call('ZCARD', K.fresh)
local _, words = lists_count(lists)
if words - list.words + count > A.wordsMax then return { 14 } end

list_own(list, {})
list.words = count
redis.call('UNLINK', list_words_key(A.listId))
if count > 0 then
  redis.call('PERSIST', K.fresh)
  redis.call('RENAME', K.fresh, list_words_key(A.listId))
end
lists_tell(lists)
staff_write({ kind = 'words', detail = A.detail })
return staff_answer(list_json(list))
