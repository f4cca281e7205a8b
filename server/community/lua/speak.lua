-- Included by scripts that take what somebody says. Needs K.sanctions, K.modes, K.followers, K.spoke, K.chatById and
-- what fans.lua needs to read a fan.
--- @include standing
--- @include fans
--- @include chat-history

-- What keeps this user from speaking now: a reply { 11 muted | 12 slow mode | 13 followers only, ms to wait (0: unknown) }
-- or { 14 level too low, level wanted }; nil: nothing. Staff are bound by a mute alone.
local function speak_obstacle(user, staff, fan)
  local muted = in_force(redis.call('HGET', K.sanctions, 'm ' .. user))
  if muted then return { 11, int(muted) } end
  if staff then return nil end
  local modes = redis.call('HMGET', K.modes, 'slowMs', 'followersMs', 'minLevel')
  local slow, min_level = tonumber(modes[1] or '0'), tonumber(modes[3] or '0')
  if slow > 0 then
    local last = tonumber(redis.call('HGET', K.spoke, user) or '0')
    -- A clock that was put back must not make anybody wait for longer than the mode says.
    if NOW >= last and NOW < last + slow then return { 12, int(last + slow - NOW) } end
  end
  -- '' is off; 0 asks for a follower of any age.
  if modes[2] and modes[2] ~= '' then
    local since = tonumber(redis.call('ZSCORE', K.followers, user) or '')
    if not since then return { 13, '0' } end
    local wait = since + tonumber(modes[2]) - NOW
    if wait > 0 then return { 13, int(wait) } end
  end
  if min_level > 0 and (not fan or fan.level < min_level) then return { 14, int(min_level) } end
end

-- a: { head, user, staff, replyTo }; `head` is the message's JSON without its last fields and brace. Returns a reply
-- that refuses (those above, { 10 } where the message replied to is gone), or nil, the message as everybody gets it,
-- and the fan who says it (nil for no fan).
local function speak_message(a)
  local fan = fan_read(a.user)
  local obstacle = speak_obstacle(a.user, a.staff, fan)
  if obstacle then return obstacle end
  local reply_to = 'null'
  if a.replyTo ~= '' then
    local _, quote = chat_find(a.replyTo)
    if not quote then return { 10 } end
    reply_to = quote
  end
  return nil, a.head .. ',"badge":' .. fan_badge(fan) .. ',"replyTo":' .. reply_to .. ',"atMs":' .. int(NOW) .. '}', fan
end

-- Notes that somebody spoke, for slow mode.
local function speak_note(user)
  local slow = tonumber(redis.call('HGET', K.modes, 'slowMs') or '0')
  if slow == 0 then return end
  redis.call('HSET', K.spoke, user, int(NOW))
  redis.call('PEXPIRE', K.spoke, slow)
end
