--- enter: decides a batch of entries of one draw, in order. One who is in already gets the ticket that they have.
--- KEYS head events ledger due sanctions roles presence watch followers fans invites paidOrders wonAt draws drawsRunning phrases
--- ARGV nowMs drawId entries entriesMax
--- Returns { entry key ('' where there is no such draw), 1 when the number of entries is still to be told, one { code, detail, ms to wait } an entry }: 0 in { ticket }, 1 was in before { ticket }, 3 banned, 10 no such draw, 11 not open yet { ms }, 12 closed, 13 a condition is not met { its index, ms to wait or 0 }, 14 won lately, 15 the draw is full, 16 sells here
--- @include draw-steps
--- @include garbage
--- @include judge
--- @include keep-out
--- @include roles
-- entries: [[user, role]] as JSON. What is asked of many is asked of all at once; writes come last.
local TELL_EVERY_MS = 200
local asked = cjson.decode(ARGV[3])
local draw = draw_read(ARGV[2])
local results = {}
if not draw then
  for i = 1, #asked do results[i] = { 10 } end
  return { '', 0, results }
end
draw_touch(draw)

local users = {}
for i, each in ipairs(asked) do users[i] = each[1] end
local entrants = draw_key(draw.id) .. ':entrants'
local tickets = redis.call('HMGET', entrants, unpack(users))
local out = banned_each(users)
local failed, lately, roles = {}, {}, {}
if draw.phase == 'open' then
  lately = won_lately(users, draw.repeatMs)
  failed = unmet(cjson.decode(draw.conditions), users, draw.id)
  local fields = {}
  for i, user in ipairs(users) do fields[2 * i - 1], fields[2 * i] = 't ' .. user, 'a ' .. user end
  roles = redis.call('HMGET', K.roles, unpack(fields))
end
local conditions_live = live_read().since ~= nil

-- Ms until a condition is met if things stay as they are; 0: not known.
local function wait_for(failure)
  local kind = cjson.decode(draw.conditions)[failure[1]].kind
  if kind == 'watch' and conditions_live then return failure[2] end
  -- Who has just come in is counted within a second or two.
  if kind == 'present' then return 1000 end
  return 0
end

local function sells(i)
  for _, role in ipairs({ asked[i][2], role_in_force(roles[2 * i - 1]), role_in_force(roles[2 * i]) }) do
    if RANK[role] >= RANK.cohost then return true end
  end
  return false
end

local fresh, placed = {}, {}
local function decide(i)
  local user = users[i]
  if out[i] then return { 3 } end
  local ticket = tickets[i] and tonumber(tickets[i]) or placed[user]
  if ticket and draw.phase ~= 'cancelled' then return { 1, ticket } end
  -- Also where the draw was open already and the clock was put back.
  if NOW < draw.opensAtMs and (draw.phase == 'announced' or draw.phase == 'open') then return { 11, int(draw.opensAtMs - NOW) } end
  if draw.phase ~= 'open' then return { 12 } end
  if sells(i) then return { 16 } end
  if lately[i] then return { 14 } end
  if failed[i] then return { 13, failed[i][1] - 1, wait_for(failed[i]) } end
  if draw.entries + #fresh >= tonumber(ARGV[4]) then return { 15 } end
  fresh[#fresh + 1] = user
  placed[user] = draw.entries + #fresh
  return { 0, placed[user] }
end
for i = 1, #asked do results[i] = decide(i) end

if #fresh > 0 then
  local first = draw.entries + 1
  local flat = {}
  for i, user in ipairs(fresh) do
    flat[2 * i - 1] = user
    flat[2 * i] = int(first + i - 1)
  end
  redis.call('HSET', entrants, unpack(flat))
  redis.call('RPUSH', draw_key(draw.id) .. ':tickets', unpack(fresh))
  draw_set(draw, { entries = draw.entries + #fresh })
  fact('draw-entered', 'system', '', '{"drawId":"' .. draw.id .. '","fromTicket":' .. int(first) .. ',"userIds":["'
    .. table.concat(fresh, '","') .. '"]}')
  if NOW - draw.entriesToldAtMs >= TELL_EVERY_MS then entries_tell(draw) end
end
local untold = draw.phase == 'open' and draw.entries ~= draw.entriesTold
collect_a_little()
return { redis.call('HGET', draw_key(draw.id), 'entryKey'), untold and 1 or 0, results }
