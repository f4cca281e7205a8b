--- replay-writes: calls commands one after the other: what a script costs that knows already what to write.
--- KEYS head
--- ARGV words
--- Returns 1
-- words: of each command how many there are, then these, as they are.
local at, count = 1, #ARGV
while at < count do
  local last = at + ARGV[at]
  redis.call(unpack(ARGV, at + 1, last))
  at = last + 1
end
return 1
