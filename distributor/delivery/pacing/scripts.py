"""What Redis does in one step, in Lua. All times are its own clock's: those of the workers need not agree.

A number with a fraction is written by `%.6f`: Lua's own way keeps 14 digits, too few for a time.
"""

from __future__ import annotations

_NOW = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
"""

# KEYS bucket. ARGV messages a second, room, how many are wanted (negative: given back).
# Returns how many are granted and the seconds to wait with none. As `take` in domain/pacing.
TAKE = (
    _NOW
    + """
local rate, room, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = room
if kept[1] then
    tokens = math.min(room, kept[1] + math.max(0, now - kept[2]) * rate)
end
local granted, wait = math.min(wanted, math.floor(tokens)), 0
if wanted > 0 and granted < 1 then
    granted, wait = 0, (math.min(wanted, room) - tokens) / rate
end
tokens = math.min(room, tokens - granted)
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.6f', now))
redis.call('EXPIRE', KEYS[1], math.ceil(room / rate) + 10)
return {granted, string.format('%.6f', wait)}
"""
)

# The workers at a relay: a hash of their names, each with its connections and when its word runs out.
_WORKERS = (
    _NOW
    + """
local workers, others = 0, 0
local entries = redis.call('HGETALL', KEYS[1])
for i = 1, #entries, 2 do
    local connections, ends = string.match(entries[i + 1], '(%d+) (.+)')
    if tonumber(ends) < now then
        redis.call('HDEL', KEYS[1], entries[i])
    elseif entries[i] ~= ARGV[1] then
        workers, others = workers + 1, others + tonumber(connections)
    end
end
local function enter(connections)
    redis.call('HSET', KEYS[1], ARGV[1], string.format('%d %.6f', connections, now + ARGV[2]))
    redis.call('EXPIRE', KEYS[1], math.ceil(ARGV[2]))
end
"""
)

# KEYS workers, domains. ARGV worker, seconds that its word holds, its connections.
# Returns the time, the number of workers, and the hash of the domains.
JOIN = (
    _WORKERS
    + """
enter(ARGV[3])
return {string.format('%.6f', now), workers + 1, redis.call('HGETALL', KEYS[2])}
"""
)

# KEYS workers. ARGV worker, seconds that its word holds, connections wanted, connections in all.
# Returns how many it gets: an equal share, of what the others have left.
CONNECT = (
    _WORKERS
    + """
local limit = tonumber(ARGV[4])
local granted = math.max(0, math.min(tonumber(ARGV[3]), math.ceil(limit / (workers + 1)), limit - others))
enter(granted)
return granted
"""
)

# KEYS domains. ARGV domain, what was known, what is new, seconds to keep it.
# Returns what is known now: the new, or what another worker wrote meanwhile.
RECORD = """
local known = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if known ~= ARGV[2] then
    return known
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return ARGV[3]
"""

# KEYS counter. ARGV how many are allowed in all, how many are wanted (negative: given back), among how many workers the
# rest is shared, seconds to keep it, where to begin ('' when that is not known).
# Returns how many are granted, -1 when there is no counter and nothing to begin with.
COUNT = """
local allowed, wanted = tonumber(ARGV[1]), tonumber(ARGV[2])
local counted = tonumber(redis.call('GET', KEYS[1]) or ARGV[5])
if not counted then
    return -1
end
local left = allowed - counted
local granted = wanted
if wanted > 0 then
    granted = math.max(0, math.min(wanted, left, math.max(1, math.floor(left / ARGV[3] / 2))))
end
redis.call('SET', KEYS[1], math.max(0, counted + granted), 'EX', ARGV[4])
return granted
"""
