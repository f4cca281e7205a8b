--- report-seller: keeps what somebody reports of the seller or a product, as it is now, for whoever runs the server.
--- KEYS ops opAges sanctions meta products sellerReports sellerReportsOpen sellerReportsResolved
--- ARGV nowMs args
--- Returns { code, '<report id> <1: the words of an open one were replaced, else 0>', open report that had to go or '' }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no such product, 11 they have too many open
--- @include ops
--- @include seller-reports
-- args: { field, fingerprint, opHorizonMs, reportId, user, name, productId ('' for the seller), reason, text, max,
-- perPerson }. No event
-- and no fact: staff see the ones, and the kinds of the others are public. Ids come by chance, numbers would tell how many
-- others there are.
local a = cjson.decode(ARGV[2])
local early = op_begin(a.field, a.fingerprint)
if early then return early end
local product = 'null'
if a.productId ~= '' then
  product = redis.call('HGET', K.products, a.productId)
  if not product then return { 10 } end
end

local function answer(id, again, dropped)
  local result = id .. ' ' .. again
  op_store(a.field, a.fingerprint, result, a.opHorizonMs)
  return { 0, result, dropped }
end

local said = '{"reason":"' .. a.reason .. '","text":' .. cjson.encode(a.text) .. ',"changedAtMs":' .. int(NOW) .. '}'
local mine = report_by(a.user, a.productId)
local known = redis.call('HGET', K.sellerReports, mine)
if known then
  redis.call('HSET', K.sellerReports, report_said(known), said)
  return answer(known, '1', '')
end

-- A few people can't push out what others report.
local open = tonumber(redis.call('HGET', K.sellerReports, reports_open(a.user)) or 0)
if open >= a.perPerson then return { 11 } end

local dropped = ''
if redis.call('ZCARD', K.sellerReportsOpen) + redis.call('ZCARD', K.sellerReportsResolved) >= a.max then
  local gone = redis.call('ZPOPMIN', K.sellerReportsResolved)[1]
  if not gone then
    gone = redis.call('ZPOPMIN', K.sellerReportsOpen)[1]
    dropped = gone
  end
  report_forget(gone)
end
local room = cjson.decode(redis.call('HGET', K.meta, 'info'))
local no = redis.call('HINCRBY', K.sellerReports, REPORTS_MADE, 1)
-- The product as it lies on the shelf: decoded and encoded, its price might lose digits.
redis.call('HSET', K.sellerReports,
  a.reportId, '{"userId":"' .. a.user .. '","name":' .. cjson.encode(a.name) .. ',"reportedAtMs":' .. int(NOW)
    .. ',"seller":{"hostName":' .. cjson.encode(room.hostName) .. ',"sellerContact":' .. cjson.encode(room.sellerContact)
    .. '},"currency":"' .. room.currency .. '","product":' .. product .. '}',
  report_said(a.reportId), said,
  mine, a.reportId)
redis.call('HINCRBY', K.sellerReports, reports_open(a.user), 1)
redis.call('ZADD', K.sellerReportsOpen, no, a.reportId)
return answer(a.reportId, '0', dropped)
