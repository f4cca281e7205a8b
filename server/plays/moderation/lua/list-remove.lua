--- list-remove: removes a word list with its words.
--- KEYS head events ledger ops opAges sanctions roles actions actionsOn wordLists
--- ARGV nowMs field fingerprint args
--- Returns { code, '' }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no moderator, 13 no such list
--- @include staff-op
--- @include list-book
-- args: { listId, starters, isStarter, detail }.
local early = staff_early()
if early then return early end
local lists = lists_read(A.starters)
if not lists[A.listId] then return { 13 } end

lists[A.listId] = nil
-- A starter list leaves a mark, or it would be in force again.
if A.isStarter then redis.call('HSET', K.wordLists, A.listId, '') else redis.call('HDEL', K.wordLists, A.listId) end
redis.call('UNLINK', list_words_key(A.listId))
lists_tell(lists)
staff_write({ kind = 'words', detail = A.detail })
return staff_answer('')
