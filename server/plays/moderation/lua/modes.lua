--- modes: changes how chat works.
--- KEYS head events ledger ops opAges sanctions roles actions actionsOn modes
--- ARGV nowMs field fingerprint args
--- Returns { code, { modes, action } as JSON }: 0 done, 1 replay, 2 mismatch, 3 banned, 10 no moderator
--- @include staff-op
--- @include modes-book
-- args: { patch, detail }. patch: values as the hash has them. The action keeps the values before, as the hash had
-- them: `modes_write` of those undoes it.
local early = staff_early()
if early then return early end
local before, after = modes_write(A.patch)
local action = staff_write({ kind = 'modes', detail = A.detail, keep = '{"modes":' .. cjson.encode(before) .. '}' })
return staff_answer('{"modes":' .. modes_json(after) .. ',"action":' .. action .. '}')
