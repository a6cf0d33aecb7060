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

# The workers at a relay: a hash of their names, each with the connections that it has, those that it wants, and when
# its word runs out. ARGV begins with the worker who asks and the seconds that its word holds.
_WORKERS = (
    _NOW
    + """
local me, workers, has, wants = ARGV[1], {ARGV[1]}, {}, {}
local entries = redis.call('HGETALL', KEYS[1])
for i = 1, #entries, 2 do
    local held, wanted, ends = string.match(entries[i + 1], '(%d+) (%d+) (.+)')
    if not ends or tonumber(ends) < now then
        redis.call('HDEL', KEYS[1], entries[i])
    elseif entries[i] ~= me then
        table.insert(workers, entries[i])
        has[entries[i]], wants[entries[i]] = tonumber(held), tonumber(wanted)
    end
end
local function enter(held, wanted)
    redis.call('HSET', KEYS[1], me, string.format('%d %d %.6f', held, wanted, now + ARGV[2]))
    redis.call('EXPIRE', KEYS[1], math.ceil(ARGV[2]))
end
"""
)

# KEYS workers, domains. ARGV worker, seconds.
# Returns the time, the number of workers, and the hash of the domains.
JOIN = (
    _WORKERS
    + """
enter(0, 0)
return {string.format('%.6f', now), #workers, redis.call('HGETALL', KEYS[2])}
"""
)

# KEYS workers. ARGV worker, seconds, connections wanted, connections it has, connections in all.
# Returns how many it may have, and the number of workers. Everyone is due an equal share, and of what the modest leave
# the others have more; where shares can't be equal, whoever has more connections has the larger one, so that they stay
# open. What others still have nobody gets a second time.
CONNECT = (
    _WORKERS
    + """
local limit, others = tonumber(ARGV[5]), 0
for _, held in pairs(has) do
    others = others + held
end
wants[me], has[me] = tonumber(ARGV[3]), tonumber(ARGV[4])
table.sort(workers, function(one, other)
    if wants[one] ~= wants[other] then
        return wants[one] < wants[other]
    elseif has[one] ~= has[other] then
        return has[one] < has[other]
    end
    return one < other
end)
local left, due = limit, {}
for place, worker in ipairs(workers) do
    due[worker] = math.min(wants[worker], math.floor(left / (#workers - place + 1)))
    left = left - due[worker]
end
local granted = math.min(due[me], math.max(has[me], limit - others))
enter(math.max(granted, has[me]), wants[me])
return {granted, #workers}
"""
)

# KEYS workers. ARGV worker, seconds, connections it has, connections wanted.
KEEP = (
    _WORKERS
    + """
enter(ARGV[3], ARGV[4])
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
