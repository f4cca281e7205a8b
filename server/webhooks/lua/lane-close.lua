--- lane-close: removes all traces of an endpoint from a room, or only its place in the due queue.
--- KEYS due webhooks
--- ARGV nowMs args
--- Returns 1
--- @include lane
-- args: { id, wakeOnly }.
wake_at(A.id, 0)
if not A.wakeOnly then redis.call('DEL', lane_key(A.id), pending_key(A.id), dead_key(A.id)) end
return 1
