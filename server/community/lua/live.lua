-- Included by scripts that measure how long somebody watched. Needs K.head. How long the room has been live, all
-- sessions together: a clock that stands still between them.
--- @include time

local LIVE
-- { ms of ended sessions, since when the running one runs (or nil), number of the last one, id of the running one, what
-- the clock showed as the last one began }
local function live_read()
  if LIVE then return LIVE end
  local f = redis.call('HMGET', K.head, 'liveMs', 'liveSinceMs', 'sessionNo', 'sessionId', 'sessionFromMs')
  local before = tonumber(f[1] or '0')
  LIVE = { before = before, since = tonumber(f[2] or ''), no = tonumber(f[3] or '0'), id = f[4] or '' }
  LIVE.from = LIVE.since and before or tonumber(f[5] or f[1] or '0')
  return LIVE
end

-- What this clock showed at a time of the running session, or of a moment after the last one.
local function live_at(at_ms)
  local live = live_read()
  if not live.since or at_ms <= live.since then return live.before end
  return live.before + at_ms - live.since
end
