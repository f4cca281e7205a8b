-- Included by scripts about reports of the seller. Needs K.sellerReports, a hash: `<report>` who, of what as it was; `<report>
-- said` reason and words; `<report> end` what the operator made of it; `by <user> <product, or nothing>` the one that they
-- have open; `open <user>` how many; `#made` how many there ever were.

local REPORTS_MADE = '#made'

local function report_said(id) return id .. ' said' end
local function report_end(id) return id .. ' end' end
local function report_by(user, product_id) return 'by ' .. user .. ' ' .. product_id end
local function reports_open(user) return 'open ' .. user end

-- The reporter may report the same thing anew.
local function report_settled(id)
  local report = cjson.decode(redis.call('HGET', K.sellerReports, id))
  local product_id = report.product ~= cjson.null and report.product.productId or ''
  local mine = report_by(report.userId, product_id)
  if redis.call('HGET', K.sellerReports, mine) ~= id then return end
  redis.call('HDEL', K.sellerReports, mine)
  local open = reports_open(report.userId)
  if redis.call('HINCRBY', K.sellerReports, open, -1) <= 0 then redis.call('HDEL', K.sellerReports, open) end
end

local function report_forget(id)
  report_settled(id)
  redis.call('HDEL', K.sellerReports, id, report_said(id), report_end(id))
end
