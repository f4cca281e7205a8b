--- live-sale: one sale, its line, and how many buyers it has, all at one moment.
--- KEYS head sales salesRunning
--- ARGV saleId
--- Returns { last fact, fields and values, users and scores in line, buyers, 1 when it runs }
local key = K.sales .. ':' .. ARGV[1]
return {
  redis.call('HGET', K.head, 'fact') or '0',
  redis.call('HGETALL', key),
  redis.call('ZRANGE', key .. ':waitlist', 0, -1, 'WITHSCORES'),
  redis.call('HLEN', key .. ':buyers'),
  redis.call('SISMEMBER', K.salesRunning, ARGV[1]),
}
