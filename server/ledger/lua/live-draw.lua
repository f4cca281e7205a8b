--- live-draw: one draw and how long its list is, all at one moment; without an id, the ids of all draws.
--- KEYS head draws
--- ARGV drawId
--- Returns { last fact, ids }, or { last fact, fields and values, tickets, entrants, states }
local fact = redis.call('HGET', K.head, 'fact') or '0'
if ARGV[1] == '' then return { fact, redis.call('ZRANGE', K.draws, 0, -1) } end
local key = K.draws .. ':' .. ARGV[1]
local f = { 'phase', 'entries', 'voided', 'root', 'commit', 'entryKey', 'nextI', 'awards', 'beaconRound' }
local values = redis.call('HMGET', key, unpack(f))
local fields = {}
for i, name in ipairs(f) do
  fields[#fields + 1] = name
  fields[#fields + 1] = values[i] or ''
end
return { fact, fields, redis.call('LLEN', key .. ':tickets'), redis.call('HLEN', key .. ':entrants'), redis.call('STRLEN', key .. ':states') }
