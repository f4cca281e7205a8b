--- person: what a moderator may know of somebody.
--- KEYS head sanctions roles actions appeals fans fanRules followers watch paidOrders presence chat
--- ARGV nowMs actor tokenRole user messagesMax
--- Returns { code, role, badge JSON, following since or '', ms watched, paid orders, nodes they are on, sanctions JSON, messages as JSON, newest first }: 0 done, 3 banned, 10 no moderator
--- @include roles
--- @include sanction-record
--- @include fans
--- @include watch
--- @include chat-history
if banned(ARGV[2]) then return { 3 } end
if RANK[role_of(ARGV[2], ARGV[3])] < RANK.moderator then return { 10 } end
local user = ARGV[4]
local messages = {}
for i, message in ipairs(chat_where(function(_, author) return author == user end)) do
  if i <= tonumber(ARGV[5]) then messages[i] = message end
end
local watched = watch_now(user)
return {
  0,
  role_of(user, string.sub(user, 1, 6) == 'guest:' and 'guest' or 'viewer'),
  fan_badge(fan_read(user)),
  redis.call('ZSCORE', K.followers, user) or '',
  int(watched),
  redis.call('HGET', K.paidOrders, user) or '0',
  redis.call('HGET', K.presence, user) or '0',
  sanctions_json(user),
  messages,
}
