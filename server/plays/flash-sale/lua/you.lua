--- you: one user's running holds, and the units they have of each sale that runs or is recent.
--- KEYS holds holders sales salesRunning
--- ARGV user kept
--- Returns { hold JSON list, pairs saleId, units }
local holds, taken, seen = {}, {}, {}
for id in string.gmatch(redis.call('HGET', K.holders, ARGV[1]) or '', '[^,]+') do
  local hold = redis.call('HGET', K.holds, id)
  if hold then holds[#holds + 1] = hold end
end
local function look(id)
  if seen[id] then return end
  seen[id] = true
  local units = redis.call('HGET', K.sales .. ':' .. id .. ':buyers', ARGV[1])
  if units and units ~= '0' then
    taken[#taken + 1] = id
    taken[#taken + 1] = units
  end
end
for _, id in ipairs(redis.call('SMEMBERS', K.salesRunning)) do look(id) end
for _, id in ipairs(redis.call('ZREVRANGE', K.sales, 0, tonumber(ARGV[2]) - 1)) do look(id) end
return { holds, taken }
