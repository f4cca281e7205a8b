--- lapse: forgets sanctions whose time is over; they count no more already.
--- KEYS head events due sanctions actions appeals devices bannedDevices
--- ARGV nowMs refs
--- Returns how many went
--- @include sanctions
-- refs: JSON list of '<letter> <user>'.
local gone = 0
for _, ref in ipairs(cjson.decode(ARGV[2])) do
  local letter, user = string.match(ref, '^(%S) (%S+)$')
  local value = redis.call('HGET', K.sanctions, ref)
  local until_ms, action_id = string.match(value or '0 ', '^(%d+) (%S*)')
  until_ms = tonumber(until_ms)
  if until_ms == 0 then
    redis.call('ZREM', K.due, due_lapse(letter, user))
  elseif NOW >= until_ms then
    sanction_drop(letter, user, action_id)
    -- There is nothing left to decide, nor to appeal against.
    appeal_settle(action_id, user)
    redis.call('HDEL', K.appeals, appeal_id(action_id, user))
    gone = gone + 1
  else
    redis.call('ZADD', K.due, int(until_ms), due_lapse(letter, user))
  end
end
return gone
