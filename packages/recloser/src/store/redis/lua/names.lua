-- @include set-aside
-- The names of all records, a page at a time, without a scan of the keyspace.
-- KEYS[1] the index of records
-- ARGV[1] how many to leave out   ARGV[2] how many to give
-- Returns the names. Some may be of records whose life has ended. What somebody else has put there is as no index.

local names = redis.pcall("ZRANGE", KEYS[1], ARGV[1], ARGV[1] + ARGV[2] - 1)
return is_foreign(names) and {} or names
