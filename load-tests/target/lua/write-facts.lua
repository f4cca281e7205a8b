--- write-facts: appends facts to a ledger without what they are about: something to deliver.
--- KEYS head events ledger
--- ARGV nowMs facts
--- Returns number of the last one
--- @include kernel
-- facts: JSON, a list of [kind, data], data as JSON text.
local n = 0
for _, one in ipairs(cjson.decode(ARGV[2])) do n = fact(one[1], 'buyer', '', one[2]) end
return n
