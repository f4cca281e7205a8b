--- live-tickets: some of the tickets of a draw: who has them, and their states at the freeze.
--- KEYS head draws
--- ARGV drawId from count
--- Returns { last fact, users, states }
local key, from, count = K.draws .. ':' .. ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
return {
  redis.call('HGET', K.head, 'fact') or '0',
  redis.call('LRANGE', key .. ':tickets', from, from + count - 1),
  redis.call('GETRANGE', key .. ':states', from, from + count - 1),
}
