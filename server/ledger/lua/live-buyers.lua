--- live-buyers: some of the buyers of a sale with their units, as HSCAN gives them.
--- KEYS head saleBuyers
--- ARGV cursor count
--- Returns { last fact, next cursor, users and units }
local page = redis.call('HSCAN', K.saleBuyers, ARGV[1], 'COUNT', ARGV[2])
return { redis.call('HGET', K.head, 'fact') or '0', page[1], page[2] }
