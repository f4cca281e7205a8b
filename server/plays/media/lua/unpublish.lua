--- unpublish: ends a publication.
--- KEYS head events ledger due publications leases
--- ARGV nowMs publicationId reason
--- Returns 1 done, 0 there is no such publication
--- @include book
local record = book_read(ARGV[2])
if not record then return 0 end
-- Who stopped it may be out of the room by now, so nobody is named.
book_end(record, ARGV[3], 'system')
return 1
