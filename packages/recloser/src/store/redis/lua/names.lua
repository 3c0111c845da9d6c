-- The names of all records, a page at a time, without a scan of the keyspace.
-- KEYS[1] the index of records
-- ARGV[1] how many to leave out   ARGV[2] how many to give
-- Returns the names. Some may be of records whose life has ended.

return redis.call("ZRANGE", KEYS[1], ARGV[1], ARGV[1] + ARGV[2] - 1)
