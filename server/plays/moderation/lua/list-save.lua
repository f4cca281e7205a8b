--- list-save: makes a word list, or changes what it is called, does, and whether it counts.
--- KEYS head events ledger ops opAges sanctions roles actions actionsOn wordLists
--- ARGV nowMs field fingerprint args
--- Returns { code, list JSON }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no moderator, 13 too many lists
--- @include staff-op
--- @include list-book
-- args: { listId, head, listsMax, starters, seed (words of the starter list of this id), detail, detailNew }.
local early = staff_early()
if early then return early end
local lists = lists_read(A.starters)
local list = lists[A.listId]
if not list and lists_count(lists) >= A.listsMax then return { 13 } end

local detail = list and A.detail or A.detailNew
if list then list_own(list, A.seed) else list = { id = A.listId, words = 0 } end
list.head = A.head
lists[A.listId] = list
redis.call('HSET', K.wordLists, A.listId, A.head)
lists_tell(lists)
staff_write({ kind = 'words', detail = detail })
return staff_answer(list_json(list))
