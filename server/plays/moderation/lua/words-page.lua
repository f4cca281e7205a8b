--- words-page: words of a list, in the order of their bytes.
--- KEYS sanctions roles wordLists words
--- ARGV nowMs args
--- Returns { code, words }: 0 done, 3 banned, 10 no moderator, 13 no such list, 14 the room has no list of its own of this id
--- @include standing
--- @include roles
-- args: { user, tokenRole, listId, cursor, count }. cursor '': from the first word.
local a = cjson.decode(ARGV[2])
if banned(a.user) then return { 3 } end
if RANK[role_of(a.user, a.tokenRole)] < RANK.moderator then return { 10 } end
local head = redis.call('HGET', K.wordLists, a.listId)
if not head then return { 14 } end
if head == '' then return { 13 } end
local from = a.cursor == '' and '-' or '(' .. a.cursor
return { 0, redis.call('ZRANGEBYLEX', K.words, from, '+', 'LIMIT', 0, a.count) }
