-- Writes something that means nothing: a server that can only be read is not back.
-- KEYS[1] what is written
-- Returns 1.

redis.call("SET", KEYS[1], "1", "PX", 60000)
return 1
