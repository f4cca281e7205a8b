-- Included by scripts that count by the day in the room's time zone.
--- @include time

-- The day of this moment as a number like 20261123. days: what the caller's calendar says of yesterday, today and
-- tomorrow (server/community/room-days.ts). nil where this moment is in none of them: the caller's clock is a day
-- wrong, and whoever counts by days must not count now.
local function room_day(days)
  if NOW < days.yesterdayStartsAtMs or NOW >= days.tomorrowEndsAtMs then return nil end
  if NOW < days.startsAtMs then return days.yesterday end
  if NOW < days.endsAtMs then return days.today end
  return days.tomorrow
end
