--- actions: reads the log backwards: one action, a page of all, or a page of those against somebody.
--- KEYS actions actionsOn
--- ARGV nowMs args
--- Returns { number of the last action that was looked at, 0 for the end of the log; then JSON, id of the action that took it back or '' of each, newest first }
--- @include time
--- @include action-record
-- args: { before, count, user, only }. Actions with a number below `before` (0: all); `user` '': against anybody;
-- `only` not 0: this one.
local a = cjson.decode(ARGV[2])

local function entry_of(no) return redis.call('XRANGE', K.actions, no, no)[1] end

local function against_user()
  local entries = {}
  for _, no in ipairs(redis.call('LRANGE', K.actionsOn .. ':' .. a.user, 0, -1)) do
    if #entries == a.count then break end
    if a.before == 0 or tonumber(no) < a.before then entries[#entries + 1] = entry_of(no) end
  end
  return entries
end

local entries
if a.only > 0 then
  entries = { entry_of(int(a.only)) }
elseif a.user ~= '' then
  entries = against_user()
else
  local newest = a.before == 0 and '+' or '(' .. int(a.before) .. '-0'
  entries = redis.call('XREVRANGE', K.actions, newest, '-', 'COUNT', a.count)
end

local last = #entries == a.count and string.match(entries[#entries][1], '^%d+') or '0'
local reply = { last }
for _, entry in ipairs(entries) do
  reply[#reply + 1] = entry[2][2]
  reply[#reply + 1] = action_undone_by('a' .. string.match(entry[1], '^%d+')) or ''
end
return reply
