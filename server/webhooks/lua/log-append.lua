--- log-append: notes attempts of one endpoint; the oldest are forgotten.
--- KEYS log
--- ARGV max entries
--- Returns how many there are
-- entries: a JSON list of JSON texts.
for _, entry in ipairs(cjson.decode(ARGV[2])) do redis.call('XADD', K.log, '*', 'a', entry) end
redis.call('XTRIM', K.log, 'MAXLEN', ARGV[1])
return redis.call('XLEN', K.log)
