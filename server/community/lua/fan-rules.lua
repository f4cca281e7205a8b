-- Included by fan-record.lua. Needs K.fanRules. The rules of the room's fan club, as the host last set them.

-- The same as FAN_DEFAULTS in shared/community/fans.ts; a test compares them.
local FAN_DEFAULTS = '{"badge":"FAN","thresholds":[0,20,60,130,250,450,750,1150,1700,2400,3300,4500,6000,8000,10500,'
  .. '13500,17500,22500,29000,38000],"watch":{"points":6,"everyMs":300000,"cap":30},"chat":{"points":1,"cap":5},'
  .. '"share":{"points":5,"cap":10},"paid":{"points":1,"perUnits":10,"cap":100},'
  .. '"invite":{"points":10,"cap":50,"stayMs":300000},"lapseDays":7,"entranceLevel":7}'

local fan_rules_decoded
local function fan_rules()
  fan_rules_decoded = fan_rules_decoded or cjson.decode(redis.call('GET', K.fanRules) or FAN_DEFAULTS)
  return fan_rules_decoded
end

-- The highest level that so many points reach.
local function level_for(points)
  local thresholds = fan_rules().thresholds
  for level = #thresholds, 2, -1 do
    if points >= thresholds[level] then return level end
  end
  return 1
end
