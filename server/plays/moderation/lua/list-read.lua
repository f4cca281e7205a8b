--- list-read: the word lists of a room, as of one moment.
--- KEYS head events wordLists
--- ARGV nowMs starters
--- Returns { version, when they were last changed in ms, then a list each: { id, JSON without its last field and brace, how many words, 1 for a starter list as it came } }
--- @include list-book
local lists = lists_read(cjson.decode(ARGV[2]))
local meta = redis.call('HMGET', K.wordLists, '#version', '#changedAtMs')
local reply = { meta[1] or '0', meta[2] or '0' }
for id, list in pairs(lists) do reply[#reply + 1] = { id, list.head, list.words, list.starter and 1 or 0 } end
return reply
