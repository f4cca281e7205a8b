--- pause: mutes a publication, or lets it go on. Doing what is done already tells nobody.
--- KEYS head events publications
--- ARGV nowMs args
--- Returns { code, publication JSON }: 0 done, 10 there is no such publication
--- @include book
-- args: { publicationId, paused }.
local a = cjson.decode(ARGV[2])
local record = book_read(a.publicationId)
if not record then return { 10 } end
if record.publication.paused ~= a.paused then
  record.publication.paused = a.paused
  book_write(record)
  emit('media:paused', '{"publicationId":"' .. a.publicationId .. '","paused":' .. tostring(a.paused) .. '}')
end
return { 0, cjson.encode(record.publication) }
