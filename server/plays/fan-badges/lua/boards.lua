-- Included by scripts that read leaderboards. Needs K.head and K.fanBoards.
--- @include live
--- @include room-day

-- Key of a board: of this day, of the running session (between sessions: of the last one that brought points), of all time.
local function board_of(name, days)
  if name == 'all' then return K.fanBoards .. ':all' end
  if name == 'day' then return K.fanBoards .. ':day:' .. int(room_day(days) or 0) end
  local session = live_read().id
  if session == '' then session = redis.call('HGET', K.head, 'boardSession') or '' end
  return K.fanBoards .. ':session:' .. session
end
