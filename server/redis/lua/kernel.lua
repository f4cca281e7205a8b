-- Included by every script that changes a room. Needs K.head, K.events, and K.ledger for facts.
--- @include time

-- Seq of the last event that this call wrote.
local EMITTED

-- Appends to the event log and publishes the same bytes: heard if and only if committed.
local function emit(name, data)
  local seq = redis.call('HINCRBY', K.head, 'seq', 1)
  EMITTED = seq
  local event = '{"seq":' .. int(seq) .. ',"name":"' .. name .. '","atMs":' .. int(NOW) .. ',"data":' .. data .. '}'
  redis.call('XADD', K.events, 'MAXLEN', '~', 5000, int(seq) .. '-0', 'e', event)
  redis.call('SPUBLISH', K.events, event)
  return seq
end

-- Numbers for the next facts; returns the first. Each is then written with fact_put.
local function fact_numbers(count) return redis.call('HINCRBY', K.head, 'fact', count) - count + 1 end

local function fact_put(n, kind, actor, op_id, data)
  redis.call('XADD', K.ledger, int(n) .. '-0', 'kind', kind, 'actor', actor, 'op', op_id, 'at', int(NOW), 'data', data)
end

-- Appends to the ledger. `data` is JSON.
local function fact(kind, actor, op_id, data)
  local n = fact_numbers(1)
  fact_put(n, kind, actor, op_id, data)
  return n
end
