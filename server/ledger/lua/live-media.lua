--- live-media: what is published in a room.
--- KEYS head publications
--- ARGV
--- Returns { last fact, records as JSON }
return { redis.call('HGET', K.head, 'fact') or '0', redis.call('HVALS', K.publications) }
