-- Included by scripts that show what somebody says. Needs K.phrases and K.draws (prefix). Passphrases of draws that are open, as skeletons: whoever says one, in whichever
-- look-alike letters, has said it once the message is accepted.

local function phrases_heard(user, skeleton)
  local phrases = redis.call('HGETALL', K.phrases)
  for i = 1, #phrases, 2 do
    if string.find(skeleton, phrases[i + 1], 1, true) then
      redis.call('SADD', K.draws .. ':' .. phrases[i] .. ':said', user)
    end
  end
end
