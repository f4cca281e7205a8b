-- Included by scripts that make or change awards. A value is '<status> <prize> <ticket> <i> <rank> <claim before, ms> <user>',
-- status w (won), c (claimed) or p (passed on); beside it lie 'u <user>' -> number of the award and 'c <number>' -> contact.
--- @include time

-- Contacts are kept for so long after the last award of the draw could be claimed: goods have to be sent.
local CONTACTS_KEPT_MS = 60 * 86400000

local function award_value(award)
  return award.status .. ' ' .. int(award.prize) .. ' ' .. int(award.ticket) .. ' ' .. int(award.i) .. ' ' .. int(award.rank) .. ' '
    .. int(award.claimBeforeMs) .. ' ' .. award.user
end

local function award_parse(value)
  local status, prize, ticket, i, rank, before, user = string.match(value, '^(%a) (%d+) (%d+) (%d+) (%d+) (%d+) (%S+)$')
  return { status = status, prize = tonumber(prize), ticket = tonumber(ticket), i = tonumber(i), rank = tonumber(rank),
    claimBeforeMs = tonumber(before), user = user }
end
