--- drawn: writes the winners of a frozen draw, once. Their awards are made from them afterwards.
--- KEYS head events ledger due fans draws drawsRunning phrases
--- ARGV nowMs drawId args winners tickets
--- Returns 0 done, 1 it was done before or the draw is in another phase, 2 another round decides
--- @include draw-steps
--- @include shown-name
-- args: { count, nextI, round, signature, randomness ('' each without a beacon), shown: [[ticket, prize, user, name to show of
-- one who is no fan]] }. winners: [[i, ticket]] as JSON, tickets: [ticket]; long ones are passed on as they are.
local a = cjson.decode(ARGV[3])
local draw = draw_read(ARGV[2])
if not draw or draw.phase ~= 'frozen' then return 1 end
if draw.beaconRound ~= a.round then return 2 end

local shown = {}
for i, each in ipairs(a.shown) do
  local name = shown_name(each[3], each[4])
  shown[i] = '{"ticket":' .. int(each[1]) .. ',"prizeIndex":' .. int(each[2]) .. ',"name":' .. cjson.encode(name)
    .. (string.sub(each[3], 1, 4) == 'sim:' and ',"simulated":true}' or '}')
end
draw_set(draw, {
  phase = 'drawn', drawnAtMs = NOW, winners = ARGV[4], winnersCount = int(a.count), nextI = a.nextI, signature = a.signature,
  randomness = a.randomness, shown = '[' .. table.concat(shown, ',') .. ']', awards = 0, claimNo = 0,
  lastClaimMs = NOW + draw.claimMs,
})
step_later(draw)
fact('draw-drawn', 'system', '', '{"drawId":"' .. draw.id .. '","tickets":' .. ARGV[5] .. ',"nextI":' .. int(a.nextI)
  .. ',"signature":' .. quoted(a.signature) .. ',"randomness":' .. quoted(a.randomness) .. '}')
draw_changed(draw)
return 0
