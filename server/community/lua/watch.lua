-- Included by scripts that look at how long somebody watched. Needs K.head and K.watch. How long each user has watched
-- while the room was live. A value is '<total> <since> <session no> <base>': ms watched up to the last departure, the
-- live clock at the arrival ('-' when away), the session that base belongs to, and the total at its start. Nothing is
-- written while somebody stays, however long and with how many devices, but for a fan whose time brought points.
--- @include live

local function watch_parse(value)
  if not value then return { total = 0, no = 0, base = 0 } end
  local total, since, no, base = string.match(value, '^(%d+) (%S+) (%d+) (%d+)$')
  return { total = tonumber(total), since = tonumber(since), no = tonumber(no), base = tonumber(base) }
end

local function watch_format(w)
  return int(w.total) .. ' ' .. (w.since and int(w.since) or '-') .. ' ' .. int(w.no) .. ' ' .. int(w.base)
end

-- Ms watched up to a reading of the live clock: in all, and in the running session (between sessions: in the last one).
local function watch_until(w, clock)
  local live = live_read()
  local total = w.total + (w.since and math.max(0, clock - w.since) or 0)
  if w.no == live.no then return total, total - w.base end
  -- Nothing was written of them in this session: they have been here since before, or not at all.
  if not w.since then return total, 0 end
  return total, math.max(0, math.min(clock - live.from, clock - w.since))
end

-- Ms watched up to this moment: in all, and in the running session (between sessions: in the last one).
local function watch_now(user)
  return watch_until(watch_parse(redis.call('HGET', K.watch, user)), live_at(NOW))
end

-- Makes base belong to the last session.
local function watch_enter_session(w, clock)
  local live = live_read()
  if w.no == live.no then return end
  local total, in_session = watch_until(w, clock)
  w.no, w.base = live.no, total - in_session
end

-- Guests have no account to watch for.
local function watches(user) return string.sub(user, 1, 6) ~= 'guest:' end

local function watch_arrive(user)
  if not watches(user) then return end
  local w = watch_parse(redis.call('HGET', K.watch, user))
  local clock = live_at(NOW)
  -- An arrival that no departure followed, of a time when every node was gone: how long they stayed is not known.
  w.since = nil
  watch_enter_session(w, clock)
  w.since = clock
  redis.call('HSET', K.watch, user, watch_format(w))
end

-- `at_ms`: when they were last known to be here.
local function watch_depart(user, at_ms)
  if not watches(user) then return end
  local w = watch_parse(redis.call('HGET', K.watch, user))
  if not w.since then return end
  local clock = live_at(at_ms)
  watch_enter_session(w, clock)
  w.total = w.total + math.max(0, clock - w.since)
  w.since = nil
  redis.call('HSET', K.watch, user, watch_format(w))
end

-- A value as it is once what was watched up to now is in its total: time that was counted can't be lost any more.
-- Returns nil where nothing is to be saved.
local function watch_kept(value)
  local w = watch_parse(value)
  if not w.since then return nil end
  local clock = live_at(NOW)
  watch_enter_session(w, clock)
  w.total = w.total + math.max(0, clock - w.since)
  w.since = math.max(clock, w.since)
  return watch_format(w)
end
