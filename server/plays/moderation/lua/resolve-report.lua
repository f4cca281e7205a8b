--- resolve-report: what the operator made of a report of the seller. Once: the same again changes nothing.
--- KEYS sellerReports sellerReportsOpen sellerReportsResolved
--- ARGV nowMs args
--- Returns { code, '' }: 0 done, 10 no such report, 11 resolved otherwise
--- @include time
--- @include seller-reports
-- args: { reportId, outcome, note, by }.
local a = cjson.decode(ARGV[2])
local ended = redis.call('HGET', K.sellerReports, report_end(a.reportId))
if ended then
  local before = cjson.decode(ended)
  if before.outcome == a.outcome and before.note == a.note then return { 0, '' } end
  return { 11 }
end
local no = redis.call('ZSCORE', K.sellerReportsOpen, a.reportId)
if not no then return { 10 } end
redis.call('HSET', K.sellerReports, report_end(a.reportId),
  '{"outcome":"' .. a.outcome .. '","note":' .. cjson.encode(a.note) .. ',"by":' .. cjson.encode(a.by)
    .. ',"atMs":' .. int(NOW) .. '}')
redis.call('ZREM', K.sellerReportsOpen, a.reportId)
redis.call('ZADD', K.sellerReportsResolved, no, a.reportId)
report_settled(a.reportId)
return { 0, '' }
