--- count-up: does nothing but count, which always takes as long: what it took longer than usual, the machine took.
--- KEYS
--- ARGV steps
--- Returns the steps
local n = 0
for _ = 1, tonumber(ARGV[1]) do n = n + 1 end
return n
