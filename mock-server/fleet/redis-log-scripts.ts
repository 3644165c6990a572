/**
 * Joins the log, and creates it when it does not exist.
 * KEYS: head. ARGV: fingerprint, epoch for a new log.
 * Returns the fingerprint and the epoch of the log, and the time in microseconds.
 */
export const JOIN = `
redis.call('HSETNX', KEYS[1], 'fingerprint', ARGV[1])
redis.call('HSETNX', KEYS[1], 'epoch', ARGV[2])
local time = redis.call('TIME')
local head = redis.call('HMGET', KEYS[1], 'fingerprint', 'epoch')
return {head[1], head[2], string.format('%.0f', time[1] * 1000000 + time[2])}
`;

/**
 * Reads where the log ends.
 * KEYS: head.
 * Returns the epoch, the last number, the number of the last command, and the time in microseconds.
 */
export const HEAD = `
local time = redis.call('TIME')
local head = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'command')
return {head[1] or '', head[2] or '0', head[3] or '0', string.format('%.0f', time[1] * 1000000 + time[2])}
`;

/**
 * Appends commands, except those that the log already has: a call is repeated when its answer was lost.
 * KEYS: head, stream, number of the sender's last command. ARGV: epoch, highest number that the sender has seen,
 * sender, then the number and the text of each command.
 * Returns the epoch, the last number, the number of the last command, and the time in microseconds; appends nothing to a log that has lost data.
 */
export const APPEND = `
local time = redis.call('TIME')
local micros = string.format('%.0f', time[1] * 1000000 + time[2])
local head = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'command', 'wallAt')
local seq = tonumber(head[2] or '0')
if head[1] ~= ARGV[1] or seq < tonumber(ARGV[2]) then return {head[1] or '', head[2] or '0', head[3] or '0', micros} end
local wallAt = math.max(time[1] * 1000 + math.floor(time[2] / 1000), tonumber(head[4] or '0'))
local previous = tonumber(head[3] or '0')
local done = tonumber(redis.call('GET', KEYS[3]) or '0')
for i = 4, #ARGV, 2 do
  local n = tonumber(ARGV[i])
  if n > done then
    seq = seq + 1
    local stamp = string.format('%.0f %.0f %.0f %s ', previous, wallAt, n, ARGV[3])
    redis.call('XADD', KEYS[2], string.format('%.0f-0', seq), 'e', stamp .. ARGV[i + 1])
    previous = seq
    done = n
  end
end
local last = string.format('%.0f', seq)
local command = string.format('%.0f', previous)
redis.call('HSET', KEYS[1], 'seq', last, 'command', command, 'wallAt', string.format('%.0f', wallAt))
redis.call('SET', KEYS[3], string.format('%.0f', done), 'EX', 86400)
return {head[1], last, command, micros}
`;

/**
 * Appends a batch of observations, unless the log already has it, and removes the oldest beyond the limits.
 * KEYS: head, stream, number of the sender's last batch. ARGV: epoch, number of the batch, text, number of
 * observations in it, and the limits: observations and bytes in the stream.
 * Returns 1, or 0 when the log has lost data.
 */
export const OBSERVE = `
local head = redis.call('HMGET', KEYS[1], 'epoch', 'observations', 'observedBytes')
if head[1] ~= ARGV[1] then return 0 end
if tonumber(redis.call('GET', KEYS[3]) or '0') >= tonumber(ARGV[2]) then return 1 end
redis.call('SET', KEYS[3], ARGV[2], 'EX', 86400)
local seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
local count = redis.call('HINCRBY', KEYS[1], 'observations', ARGV[4])
local bytes = redis.call('HINCRBY', KEYS[1], 'observedBytes', #ARGV[3])
redis.call('XADD', KEYS[2], string.format('%.0f-0', seq), 'b', ARGV[3], 't', string.format('%.0f %.0f', count, bytes))
for _ = 1, 100 do
  local oldest = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
  local oldCount, oldBytes = string.match(oldest[2][4], '(%d+) (%d+)')
  if count - tonumber(oldCount) < tonumber(ARGV[5]) and bytes - tonumber(oldBytes) < tonumber(ARGV[6]) then break end
  redis.call('XDEL', KEYS[2], oldest[1])
end
return 1
`;
