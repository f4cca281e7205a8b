-- Included by scripts that change modes. Needs K.head, K.events and K.modes. How chat works: a hash of slowMs, followersMs ('' off), minLevel, links and allowedHosts (JSON); what is
-- missing has its default. `linksAtMs` is when links or hosts were last changed.
--- @include kernel

-- The same as DEFAULT_MODES in shared/plays/moderation/contract.ts; a test compares them.
local MODE_NAMES = { 'slowMs', 'followersMs', 'minLevel', 'links', 'allowedHosts' }
local MODE_DEFAULTS = { slowMs = '0', followersMs = '', minLevel = '0', links = 'hold', allowedHosts = '[]' }

local function modes_read()
  local values, modes = redis.call('HMGET', K.modes, unpack(MODE_NAMES)), {}
  for i, name in ipairs(MODE_NAMES) do modes[name] = values[i] or MODE_DEFAULTS[name] end
  return modes
end

local function modes_json(modes)
  return '{"slowMs":' .. modes.slowMs .. ',"followersMs":' .. (modes.followersMs == '' and 'null' or modes.followersMs)
    .. ',"minLevel":' .. modes.minLevel .. ',"links":"' .. modes.links .. '","allowedHosts":' .. modes.allowedHosts .. '}'
end

-- patch: values as the hash has them, by name. Writes them and tells everybody. Returns the modes before and after.
local function modes_write(patch)
  local before, after = modes_read(), {}
  for _, name in ipairs(MODE_NAMES) do
    after[name] = patch[name] or before[name]
    redis.call('HSET', K.modes, name, after[name])
  end
  if after.links ~= before.links or after.allowedHosts ~= before.allowedHosts then
    redis.call('HSET', K.modes, 'linksAtMs', int(NOW))
  end
  emit('moderation:modes-changed', '{"modes":' .. modes_json(after) .. '}')
  return before, after
end
