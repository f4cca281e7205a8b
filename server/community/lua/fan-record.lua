-- Included by scripts that look at fans. Needs K.head, K.fans and K.fanRules. A value of K.fans is '<level> <points>
-- <lit at> <day> <watch> <chat> <share> <paid> <invite> <watched to> <joined at> <name>': what was earned by each source on
-- that day, up to which ms of watching was counted, and how many live days there were at the last points.
--- @include time
--- @include fan-rules
--- @include live-days

local FAN_PATTERN = '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (.*)$'
local FAN_FORMAT = '%d %d %d %d %d %d %d %d %d %d %d %s'
local FAN_SOURCES = { 'watch', 'chat', 'share', 'paid', 'invite' }

local function fan_parse(user, value)
  if not value then return nil end
  local level, points, lit_at, day, watch, chat, share, paid, invite, watched_to, joined_at, name =
    string.match(value, FAN_PATTERN)
  return {
    user = user, level = tonumber(level), points = tonumber(points), litAt = tonumber(lit_at), day = tonumber(day),
    watch = tonumber(watch), chat = tonumber(chat), share = tonumber(share), paid = tonumber(paid),
    invite = tonumber(invite), watchedTo = tonumber(watched_to), joinedAtMs = tonumber(joined_at), name = name,
  }
end

local function fan_format(f)
  return format(FAN_FORMAT, f.level, f.points, f.litAt, f.day, f.watch, f.chat, f.share, f.paid, f.invite, f.watchedTo,
    f.joinedAtMs, f.name)
end

-- Fans that this call has read, each once: whoever changes one changes it for all that comes after. false: no fan.
local FANS = {}

local function fan_read(user)
  if FANS[user] == nil then FANS[user] = fan_parse(user, redis.call('HGET', K.fans, user)) or false end
  return FANS[user] or nil
end

-- Reads many in one step, for fan_read to find.
local function fans_fetch(users)
  if #users == 0 then return end
  local values = redis.call('HMGET', K.fans, unpack(users))
  for i, user in ipairs(users) do
    if FANS[user] == nil then FANS[user] = fan_parse(user, values[i]) or false end
  end
end

-- A badge is lit until there were `lapseDays` days, on which the room was live, without points; it dims with the next one.
local function fan_lit(fan) return live_days() - fan.litAt <= fan_rules().lapseDays end

-- What stands beside a name: null for somebody who is no fan.
local function fan_badge(fan)
  if not fan then return 'null' end
  return '{"level":' .. int(fan.level) .. ',"lit":' .. (fan_lit(fan) and 'true' or 'false') .. '}'
end

-- Earned on the day of the record, by all sources.
local function fan_earned(fan)
  return fan.watch + fan.chat + fan.share + fan.paid + fan.invite
end
