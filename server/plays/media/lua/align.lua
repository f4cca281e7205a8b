--- align: notes a moment of a publication's media clock beside the server's.
--- KEYS head ledger publications
--- ARGV nowMs publicationId anchor
--- Returns 1 done, 0 there is no such publication
--- @include kernel
-- anchor: JSON, the data of the fact.
if redis.call('HEXISTS', K.publications, ARGV[2]) == 0 then return 0 end
fact('media-aligned', 'system', '', ARGV[3])
return 1
