--- watch-round: counts what users of one node have watched since they were last asked for.
--- KEYS head events ledger sanctions watch fans fanRules fanBoards invitedBy invites
--- ARGV nowMs args
--- Returns { 1 when the room is live, seq of the last event, fans to tell as JSON, ms of watching a user until it is worth asking again: -1 where nothing is to be counted }
--- @include standing
--- @include fans
--- @include watch
--- @include invites
-- args: { users, days, laterMs }. laterMs: when to ask again where nothing can be said now.
local a = cjson.decode(ARGV[2])
local users, hints = a.users, {}
local live = live_read()
local function answer(told)
  return { live.since and 1 or 0, tonumber(redis.call('HGET', K.head, 'seq') or '0'), told, hints }
end

if live.since then live_day_count(a.days) end
if #users == 0 then return answer('[]') end
if not room_day(a.days) then
  for i = 1, #users do hints[i] = a.laterMs end
  return answer('[]')
end

fans_fetch(users)
local invitations = redis.call('HMGET', K.invitedBy, unpack(users))
-- Those for whom something is to be counted, by their place in `users`.
local asked, outs = {}, {}
for i, user in ipairs(users) do
  hints[i] = -1
  local _, from = invite_parse(invitations[i])
  if fan_read(user) or from then
    asked[#asked + 1] = i
    outs[#outs + 1] = 'b ' .. user
  end
end
if #asked == 0 then return answer('[]') end
local bans = redis.call('HMGET', K.sanctions, unpack(outs))
local names = {}
for n, i in ipairs(asked) do names[n] = users[i] end
local watches_of = redis.call('HMGET', K.watch, unpack(names))
local clock, rules = live_at(NOW), fan_rules()
local kept = {}

-- Whole units of watching since those that were counted. What is over a cap is counted too, and brings nothing.
local function count_watching(fan, watched, value)
  local units = math.floor((watched - fan.watchedTo) / rules.watch.everyMs)
  if units > 0 then
    fan.watchedTo = fan.watchedTo + units * rules.watch.everyMs
    fan_change(fan)
    fan_award(fan, 'watch', units * rules.watch.points, a.days)
    local saved = watch_kept(value)
    if saved then
      kept[#kept + 1] = fan.user
      kept[#kept + 1] = saved
    end
  end
  return math.min(rules.watch.everyMs, fan.watchedTo + rules.watch.everyMs - watched)
end

-- An invited user who has stayed counts for who invited them, once. Returns ms of watching until then; nil: it counted.
local function count_invite(user, inviter, from, watched)
  local left = from + rules.invite.stayMs - watched
  if left > 0 then return left end
  if banned(inviter) then return a.laterMs end
  redis.call('HSET', K.invitedBy, user, inviter .. ' -')
  redis.call('HINCRBY', K.invites, inviter, 1)
  fact('invite-counted', 'system', '', '{"inviterId":"' .. inviter .. '","userId":"' .. user .. '"}')
  local fan = fan_read(inviter)
  if fan then fan_award(fan, 'invite', rules.invite.points, a.days) end
end

for n, i in ipairs(asked) do
  local user = users[i]
  if in_force(bans[n]) then
    hints[i] = a.laterMs
  else
    local watched = watch_until(watch_parse(watches_of[n]), clock)
    local fan = fan_read(user)
    if fan then hints[i] = count_watching(fan, watched, watches_of[n]) end
    local inviter, from = invite_parse(invitations[i])
    local left = from and count_invite(user, inviter, from, watched)
    if left and (hints[i] < 0 or left < hints[i]) then hints[i] = left end
  end
end
call_many('HSET', K.watch, kept)
return answer(fans_save('system', ''))
