--- board: a page of a leaderboard.
--- KEYS head fans fanRules fanBoards
--- ARGV nowMs args
--- Returns { fans, total } as JSON
--- @include boards
--- @include fan-record
-- args: { board, fromRank, limit, days }.
local a = cjson.decode(ARGV[2])
local key = board_of(a.board, a.days)
local page = redis.call('ZREVRANGE', key, a.fromRank - 1, a.fromRank + a.limit - 2, 'WITHSCORES')
local users = {}
for i = 1, #page, 2 do users[#users + 1] = page[i] end
fans_fetch(users)
local rows = {}
for i, user in ipairs(users) do
  local fan = fan_read(user)
  rows[i] = '{"rank":' .. int(a.fromRank + i - 1) .. ',"userId":"' .. user .. '","name":' .. cjson.encode(fan.name)
    .. ',"points":' .. int(page[2 * i]) .. ',"badge":' .. fan_badge(fan) .. '}'
end
return '{"fans":[' .. table.concat(rows, ',') .. '],"total":' .. redis.call('ZCARD', key) .. '}'
