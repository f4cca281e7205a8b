-- Included by every script of the trade: the caller's JSON arguments. ARGV[2] is of this call; ARGV[3] are the
-- rules of the installation, decoded where they are asked for.

local A = cjson.decode(ARGV[2])

local rules_decoded
-- { offerMs, strike: { max, windowMs, pauseMs } }
local function rules()
  rules_decoded = rules_decoded or cjson.decode(ARGV[3])
  return rules_decoded
end
