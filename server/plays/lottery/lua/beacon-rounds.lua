-- Included by scripts that say which round of the beacon decides. The same as in shared/lottery/beacon-info.ts; a test
-- compares them.

-- A round comes at least this long after the list should be, or was, fixed: time to freeze it, and for clocks that differ.
local ROUND_MARGIN_MS = 10000

-- chain: { genesisTimeS, periodS }. The first round after a moment, and when it comes.
local function round_after(chain, ms)
  local period_ms = chain.periodS * 1000
  local round = math.max(0, math.floor((ms - chain.genesisTimeS * 1000) / period_ms) + 1) + 1
  return round, chain.genesisTimeS * 1000 + (round - 1) * period_ms
end
