-- Included by every script that changes a room. Needs K.head, K.events, K.ledger; ARGV[1] is the time
-- in ms, or '' for Redis' own (production always passes '').

local NOW = tonumber(ARGV[1])
if not NOW then
  local t = redis.call('TIME')
  NOW = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end

local function int(n) return string.format('%.0f', n) end

-- Appends to the event log and publishes the same bytes: heard if and only if committed.
local function emit(name, data)
  local seq = redis.call('HINCRBY', K.head, 'seq', 1)
  local event = '{"seq":' .. int(seq) .. ',"name":"' .. name .. '","atMs":' .. int(NOW) .. ',"data":' .. data .. '}'
  redis.call('XADD', K.events, 'MAXLEN', '~', 5000, int(seq) .. '-0', 'e', event)
  redis.call('SPUBLISH', K.events, event)
  return seq
end

-- Appends to the ledger. `data` is JSON.
local function fact(kind, actor, op_id, data)
  local n = redis.call('HINCRBY', K.head, 'fact', 1)
  redis.call('XADD', K.ledger, int(n) .. '-0', 'kind', kind, 'actor', actor, 'op', op_id, 'at', int(NOW), 'data', data)
  return n
end
