-- Included by kernel.lua and the due queue: the one place that says what time it is. ARGV[1] in ms, or
-- Redis' own where it is '', as production passes it. No node's clock decides anything.

local NOW = tonumber(ARGV[1])
if not NOW then
  local t = redis.call('TIME')
  NOW = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end

local format = string.format

-- A whole number as text: tostring() would write large ones with an exponent.
local function int(n) return format('%d', n) end
