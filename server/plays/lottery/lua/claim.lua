--- claim: a winner claims their prize, or says anew how it reaches them.
--- KEYS head events ledger ops opAges sanctions due draws drawsRunning phrases
--- ARGV nowMs args
--- Returns { code, '<award number> <award value>' }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no such draw, 11 not won, 12 the time is over
--- @include ops
--- @include draw-steps
--- @include award-value
-- args: { field, fingerprint, actor, opId, opHorizonMs, drawId, contact, name }.
local a = cjson.decode(ARGV[2])
local early = op_begin(a.field, a.fingerprint)
if early then return early end
local draw = draw_read(a.drawId)
if not draw then return { 10 } end
local key = draw_key(draw.id)
local no = redis.call('HGET', key .. ':awards', 'u ' .. a.actor)
if not no then return { 11 } end
local award = award_parse(redis.call('HGET', key .. ':awards', no))
if award.status == 'p' then return { 12 } end
if award.status == 'w' then
  if NOW >= award.claimBeforeMs or draw.redrawnBy ~= '' then return { 12 } end
  award.status = 'c'
  redis.call('HSET', key .. ':awards', no, award_value(award))
  redis.call('HINCRBY', key, 'version', 1)
  fact('prize-claimed', a.actor, a.opId, '{"drawId":"' .. draw.id .. '","award":' .. no .. ',"userId":"' .. a.actor .. '"}')
  local shown = cjson.decode(draw.shown)
  for _, each in ipairs(shown) do
    if each.ticket == award.ticket and each.name ~= a.name then
      -- Only now it is known how they call themselves.
      each.name = a.name
      draw_set(draw, { shown = cjson.encode(shown) })
      draw_changed(draw)
    end
  end
elseif NOW >= tonumber(redis.call('HGET', key, 'lastClaimMs')) + CONTACTS_KEPT_MS then
  return { 12 }
end
redis.call('HSET', key .. ':awards', 'c ' .. no, a.contact)
local result = no .. ' ' .. award_value(award)
op_store(a.field, a.fingerprint, result, a.opHorizonMs)
return { 0, result }
