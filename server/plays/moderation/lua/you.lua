--- you: what somebody is under.
--- KEYS sanctions actions appeals
--- ARGV nowMs user
--- Returns JSON list of sanctions
--- @include sanction-record
return sanctions_json(ARGV[2])
