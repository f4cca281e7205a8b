--- sold-out: whether a sale has no unit left for strangers, and who has or had some of it.
--- KEYS sales saleBuyers
--- ARGV saleId buyersMax
--- Returns { 1, epoch, buyers } when sold out and few enough, else { 0 }
local state = redis.call('HMGET', K.sales .. ':' .. ARGV[1], 'available', 'epoch', 'phase')
if state[1] ~= '0' or state[3] ~= 'open' then return { 0 } end
if redis.call('HLEN', K.saleBuyers) > tonumber(ARGV[2]) then return { 0 } end
return { 1, tonumber(state[2]), redis.call('HKEYS', K.saleBuyers) }
