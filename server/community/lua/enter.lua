--- enter: lets somebody into the room, or says what keeps them out; notes what their token and device say.
--- KEYS head events sanctions actions appeals roles devices bannedDevices fans fanRules entrances
--- ARGV nowMs args
--- Returns { code, role | sanction JSON | '' }: 0 come in { role here }, 3 banned { sanction }, 4 the device is of somebody who is banned { '' }
--- @include roles
--- @include sanction-record
--- @include kernel
--- @include fan-record
-- args: { user, name, tokenRole, tokenLeftMs, device, entranceEveryMs }. device '' where none was told.
local a = cjson.decode(ARGV[2])
local DEVICE_OWNERS_MS = 30 * 86400000

-- What a token says counts until the token ends, also while the same user has a tab with one that says less.
if RANK[a.tokenRole] >= RANK.moderator then
  local known = redis.call('HGET', K.roles, 't ' .. a.user)
  local rank, ends = RANK[role_in_force(known)], NOW + a.tokenLeftMs
  if rank == RANK[a.tokenRole] then ends = math.max(ends, tonumber(string.match(known, '(%d+)$'))) end
  if rank <= RANK[a.tokenRole] then redis.call('HSET', K.roles, 't ' .. a.user, a.tokenRole .. ' ' .. int(ends)) end
end
-- A guest is nobody whom the room could know.
local guest = a.tokenRole == 'guest'
local role = a.tokenRole
local appointed = role_in_force(redis.call('HGET', K.roles, 'a ' .. a.user))
if not guest and RANK[appointed] > RANK[role] then role = appointed end

-- Somebody of a lower role may have banned them before the room had ever seen who they are.
local _, banned_by = in_force(redis.call('HGET', K.sanctions, 'b ' .. a.user))
local ban = banned_by and action_read(banned_by)
if ban and RANK[role] > RANK[ban.actorRole] then redis.call('HDEL', K.sanctions, 'b ' .. a.user) end
local out = sanction_json('b', a.user)
if out then return { 3, out } end
if a.device ~= '' then
  local owner = redis.call('HGET', K.bannedDevices, a.device)
  if owner and RANK[role] <= RANK.viewer then
    local banned_user, action_id = string.match(owner, '^(%S+) (%S+)$')
    -- It ends with the ban that it came from.
    local left, in_force_id = in_force(redis.call('HGET', K.sanctions, 'b ' .. banned_user))
    if left and in_force_id == action_id then return { 4, '' } end
    redis.call('HDEL', K.bannedDevices, a.device)
  end
  -- Guests have another name each time, and are never banned by it.
  if not guest then
    redis.call('HSET', K.devices, a.user, a.device)
    redis.call('PEXPIRE', K.devices, DEVICE_OWNERS_MS)
  end
end

local fan = fan_read(a.user)
if fan then
  -- What the boards show of them is what they are called now.
  if fan.name ~= a.name then
    fan.name = a.name
    redis.call('HSET', K.fans, a.user, fan_format(fan))
  end
  local last = tonumber(redis.call('HGET', K.entrances, a.user) or '0')
  if fan.level >= fan_rules().entranceLevel and fan_lit(fan) and NOW - last >= a.entranceEveryMs then
    redis.call('HSET', K.entrances, a.user, int(NOW))
    redis.call('PEXPIRE', K.entrances, a.entranceEveryMs)
    emit('fan-badges:entered', '{"userId":"' .. a.user .. '","name":' .. cjson.encode(a.name) .. ',"level":'
      .. int(fan.level) .. '}')
  end
end
return { 0, role }
