-- Included by scripts that handle many strings a call, as the last thing that they do. Redis runs Lua's collector
-- rarely, and a collection ends with work on the table of all strings: with 60,000 dead ones that is 2 ms at once.
-- A little after each call keeps the table small.
local STEP_KB = 8
local function collect_a_little() collectgarbage('step', STEP_KB) end
