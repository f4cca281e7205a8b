-- Included by scripts that say where users stand in a draw. Needs K.draws.
--- @include draw-read

local FROZEN = { frozen = true, drawn = true, revealed = true }

-- { ticket, code of its state ('' before the freeze), award number or '', award value or '' }, or nil without a ticket.
local function draw_mine(draw_id, phase, user)
  local key = draw_key(draw_id)
  local ticket = redis.call('HGET', key .. ':entrants', user)
  if not ticket then return nil end
  local code, no, value = '', '', ''
  if FROZEN[phase] then
    code = redis.call('GETRANGE', key .. ':states', int(tonumber(ticket) - 1), int(tonumber(ticket) - 1))
    no = redis.call('HGET', key .. ':awards', 'u ' .. user) or ''
    if no ~= '' then value = redis.call('HGET', key .. ':awards', no) end
  end
  return { ticket, code, no, value }
end
