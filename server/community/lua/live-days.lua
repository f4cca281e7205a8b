-- Included by scripts that look at badges, or see that the room is live. Needs K.head. Counts the days on which the
-- room is live, each once, in its own time zone.
--- @include live
--- @include room-day

local live_days_known
-- So many of them there were.
local function live_days()
  live_days_known = live_days_known or tonumber(redis.call('HGET', K.head, 'liveDays') or '0')
  return live_days_known
end

-- To be called as a session begins, while it runs, and as it ends. A clock that was put back counts no day again.
local function live_day_count(days)
  local live = live_read()
  -- It begins: how long somebody watched of it is known from here also when it is over.
  if not live.since then redis.call('HSET', K.head, 'sessionFromMs', int(live.before)) end
  local day = room_day(days)
  if not day or day <= tonumber(redis.call('HGET', K.head, 'liveDay') or '0') then return end
  redis.call('HSET', K.head, 'liveDay', int(day))
  live_days_known = redis.call('HINCRBY', K.head, 'liveDays', 1)
end
