--- appeal: somebody who is under a sanction asks for it to be ended. The one thing that is taken from the banned.
--- KEYS head events ledger ops opAges meta sanctions actions appeals
--- ARGV nowMs field fingerprint args
--- Returns { code, appeal id }: 0 done, 1 replay, 2 mismatch, 10 no such room, 11 not under that sanction, 12 appealed already
--- @include ops
--- @include sanction-record
--- @include appeals
-- args: { actionId, name, text, opHorizonMs }.
local a = cjson.decode(ARGV[4])
local state, stored = op_find(ARGV[2], ARGV[3])
if state == OP_REPLAY then return { 1, stored } end
if state == OP_MISMATCH then return { 2 } end
local user, op_id = string.match(ARGV[2], '^(%S+) (%S+)$')
if redis.call('HEXISTS', K.meta, 'info') == 0 then return { 10 } end
local known = redis.call('HMGET', K.sanctions, 'b ' .. user, 'm ' .. user)
local under = false
for i = 1, 2 do
  local left, action_id = in_force(known[i])
  if left and action_id == a.actionId then under = true end
end
local sanction = under and action_read(a.actionId)
if not sanction then return { 11 } end
local id = appeal_id(a.actionId, user)
if appeal_read(id) then return { 12 } end

appeal_save({
  appealId = id, userId = user, name = a.name, text = a.text, actionId = a.actionId, kind = sanction.kind,
  state = 'open', note = '', atMs = NOW,
})
fact('appeal-made', user, op_id, '{"userId":"' .. user .. '","actionId":"' .. a.actionId .. '","text":' .. cjson.encode(a.text) .. '}')
op_store(ARGV[2], ARGV[3], id, a.opHorizonMs)
return { 0, id }
