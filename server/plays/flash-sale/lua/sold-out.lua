--- sold-out: whether a sale has no unit left, and who has or had some of it.
--- KEYS sale buyers
--- ARGV buyersMax
--- Returns { 1, epoch, buyers } when sold out and few enough, else { 0 }
local state = redis.call('HMGET', K.sale, 'available', 'epoch', 'phase')
if state[1] ~= '0' or state[3] ~= 'open' then return { 0 } end
if redis.call('HLEN', K.buyers) > tonumber(ARGV[1]) then return { 0 } end
return { 1, tonumber(state[2]), redis.call('HKEYS', K.buyers) }
