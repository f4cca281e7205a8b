--- live-fans: some of the fans, as HSCAN gives them, with their points on the board of all time.
--- KEYS head fans fanBoards
--- ARGV cursor count
--- Returns { last fact, next cursor, users and values, points on the board, fans in all }
local page = redis.call('HSCAN', K.fans, ARGV[1], 'COUNT', ARGV[2])
local users = {}
for i = 1, #page[2], 2 do users[#users + 1] = page[2][i] end
local board = #users > 0 and redis.call('ZMSCORE', K.fanBoards .. ':all', unpack(users)) or {}
return { redis.call('HGET', K.head, 'fact') or '0', page[1], page[2], board, redis.call('HLEN', K.fans) }
