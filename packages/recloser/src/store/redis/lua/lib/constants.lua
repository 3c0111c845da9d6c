-- The numbers of the protocol. Compared with those of the library by a test.
local BUCKETS = 10
local MAX_LOST = 3
local MAX_VOID = 5
local STREAK_LEAST_MS = 50
local STREAK_LEAST_SHARE = 0.75
local SHARE_LEAST_CALLS = 20
local SERVED_LATELY_MS = 1500
local HINT_ON_COOLDOWN_MAX_MS = 600000
local HINT_ON_HOLD_MAX_MS = 86400000
local LADDER_RESET_MS = 60000
-- A record that nothing happens to lives this long at least.
local LIFE_LEAST_MS = 3600000
-- Nor longer than a hundred years: a server takes no later end, and an error behind a write would leave half a change.
local LIFE_MOST_MS = 3155760000000
-- A record has some dozens of fields; one of thousands is none of ours, and more than a script can answer with.
local FIELDS_MOST = 1000
-- A report's name is known for so long after its last instant.
local REPORT_REMEMBERED_MS = 2000
-- The log of changes keeps this many names.
local LOG_LENGTH = 4096
-- What cannot be read is kept aside for a week.
local QUARANTINE_MS = 604800000
local FAILURE_KINDS = { "server-error", "overloaded", "timeout", "network", "stream-error", "unknown" }
