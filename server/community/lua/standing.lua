-- Included by every script that acts for somebody. Needs K.sanctions. Who is out of the room, and who may not speak:
-- from the seq of the sanction on, whichever node the command came through.
--- @include time

-- A value of K.sanctions (or false): is it in force? Returns ms until it ends (0: for good) and the action id, or nil.
local function in_force(value)
  if not value then return nil end
  local until_ms, action = string.match(value, '^(%d+) (%S+)')
  until_ms = tonumber(until_ms)
  if until_ms == 0 then return 0, action end
  if NOW >= until_ms then return nil end
  return until_ms - NOW, action
end

local function banned(user) return in_force(redis.call('HGET', K.sanctions, 'b ' .. user)) ~= nil end
