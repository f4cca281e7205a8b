-- Included by the scripts that start and end a session. Needs K.head, K.due, K.shows and K.showReports. The book of shows, by
-- the number of the session: a show has the orders that were made after `orderBefore`, up to `orderLast`.
--- @include time

local function show_no() return redis.call('HGET', K.head, 'sessionNo') or '0' end

-- `session` is its JSON, `n` the number of the fact that says so.
local function show_opened(session, n, kept)
  local no = show_no()
  -- Where nobody has counted messages yet, those of the first show are the first; see show/lua/count.lua.
  redis.call('HSETNX', K.head, 'saidSeq', redis.call('HGET', K.head, 'seq') or '0')
  redis.call('HSET', K.shows, no, string.sub(session, 1, -2) .. ',"no":' .. no .. ',"firstFact":' .. int(n)
    .. ',"orderBefore":' .. (redis.call('HGET', K.head, 'order') or '0') .. '}')
  local oldest = int(tonumber(no) - kept)
  redis.call('HDEL', K.shows, oldest)
  redis.call('HDEL', K.showReports, oldest)
end

-- What becomes of its orders counts for a while yet; then the report is sealed.
local function show_closed(n, settle_ms)
  local no = show_no()
  local show = redis.call('HGET', K.shows, no)
  -- It was started by a version that kept no book.
  if not show then return end
  redis.call('HSET', K.shows, no, string.sub(show, 1, -2) .. ',"endedAtMs":' .. int(NOW) .. ',"lastFact":' .. int(n)
    .. ',"orderLast":' .. (redis.call('HGET', K.head, 'order') or '0') .. ',"settledAtMs":' .. int(NOW + settle_ms) .. '}')
  redis.call('ZADD', K.due, int(NOW + settle_ms), 'show:seal:' .. no)
end
