-- Included by scripts that take an opId. Needs K.ops and K.opAges. A field is '<actor> <opId>', a value
-- '<fingerprint> <result>'; entries are forgotten once older than the horizon, a few at a time.
--- @include time
--- @include standing

local OP_NEW, OP_REPLAY, OP_MISMATCH = 0, 1, 2
local SWEEP_EVERY = 32

-- Returns how `stored` (a value of K.ops, or false) relates to this input, and the stored result.
local function op_compare(stored, fingerprint)
  if not stored then return OP_NEW end
  local at = string.find(stored, ' ', 1, true)
  if string.sub(stored, 1, at - 1) ~= fingerprint then return OP_MISMATCH end
  return OP_REPLAY, string.sub(stored, at + 1)
end

local function op_find(field, fingerprint)
  return op_compare(redis.call('HGET', K.ops, field), fingerprint)
end

-- What a script answers before it looks at anything else: the first result to a retry, 2 to another input, 3 to
-- somebody who is banned; nil: go on. Needs K.sanctions.
local function op_begin(field, fingerprint)
  local state, stored = op_find(field, fingerprint)
  if state == OP_REPLAY then return { 1, stored } end
  if state == OP_MISMATCH then return { 2 } end
  if banned(string.match(field, '^%S+')) then return { 3 } end
end

-- Forgets what is older than the horizon, up to so many.
local function ops_sweep(most, horizon_ms)
  for _ = 1, most do
    local oldest = redis.call('LINDEX', K.opAges, 0)
    if not oldest then return end
    local at = string.find(oldest, ' ', 1, true)
    if tonumber(string.sub(oldest, 1, at - 1)) > NOW - horizon_ms then return end
    redis.call('LPOP', K.opAges)
    redis.call('HDEL', K.ops, string.sub(oldest, at + 1))
  end
end

-- Keeps results of many, field by field.
local function ops_store(fields, fingerprints, results, horizon_ms)
  local flat, ages = {}, {}
  local now = int(NOW) .. ' '
  for i, field in ipairs(fields) do
    flat[2 * i - 1] = field
    flat[2 * i] = fingerprints[i] .. ' ' .. results[i]
    ages[i] = now .. field
  end
  redis.call('HSET', K.ops, unpack(flat))
  local kept = redis.call('RPUSH', K.opAges, unpack(ages))
  -- Now and then, more at a time than were added since.
  if kept % SWEEP_EVERY < #fields then ops_sweep(2 * math.max(SWEEP_EVERY, #fields), horizon_ms) end
end

local function op_store(field, fingerprint, result, horizon_ms)
  ops_store({ field }, { fingerprint }, { result }, horizon_ms)
end
