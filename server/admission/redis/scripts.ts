/**
 * The counters as Lua: each step is one script, so it happens whole or not at all. All keys of an organization carry `{org}`
 * and are named in KEYS, in this order; the arithmetic is that of `memory-store.ts` and `rates.ts`, in the same doubles.
 *
 *   m  what is known: lease, rem, adm, gen, built, ver, fenced, rates, now, lock, until
 *   c  budgets: x:<scope>:<id> → ids; d:<id> → what it is; s:, h:, v: spent, held, part of held that a rebuild brought in
 *   k  keys: <id> → expiry|requests|tokens|concurrent
 *   r  rates: q:, t: theoretical arrival times, n: in flight, by holder
 *   h  holds: <request> → amount|lease|key|tokens|expiry|recovered|budgets
 *   e  ended requests: <request> → spent; z the same by time, so that a rebuild under way does not bring them back
 *
 * c, k and h carry the generation that built them (`g`): if one of them was evicted alone, all of it is lost.
 */
export const KEY_NAMES = ["m", "c", "k", "r", "h", "e", "z"] as const;

const PRELUDE = `
local M, C, K, R, H, E, Z = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local MINUTE, NOISE = 60000, 0.001
local function split(text)
  local parts = {}
  for part in string.gmatch(text .. '|', '([^|]*)|') do parts[#parts + 1] = part end
  return parts
end
local function words(text)
  local found = {}
  for word in string.gmatch(text or '', '%S+') do found[#found + 1] = word end
  return found
end
local function int(value) return string.format('%.0f', value) end
local function real(value) return string.format('%.17g', value) end
local function time()
  local at = ARGV[1]
  if at == '' then
    local t = redis.call('TIME')
    at = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
  else at = tonumber(at) end
  local last = tonumber(redis.call('HGET', M, 'now') or '0')
  if last > at and last - at <= 60000 then at = last end
  redis.call('HSET', M, 'now', int(at))
  return at
end
local function isKnown()
  local built = redis.call('HGET', M, 'built')
  return built and built ~= '' and redis.call('HGET', C, 'g') == built and redis.call('HGET', K, 'g') == built
    and redis.call('HGET', H, 'g') == built
end
local function unlock(owner)
  if redis.call('HGET', M, 'lock') == owner then redis.call('HDEL', M, 'lock', 'until') end
end
`;

const ADMIT = `${PRELUDE}
local request, key, amount, tokens = ARGV[2], ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])
local owner, again = ARGV[10], ARGV[11] == '1'
local now = time()
local function lock(reply)
  local holder, till = redis.call('HGET', M, 'lock'), tonumber(redis.call('HGET', M, 'until') or '0')
  if holder and holder ~= owner and till > now then return {'wait'} end
  redis.call('HSET', M, 'lock', owner, 'until', int(now + tonumber(ARGV[12])))
  return reply
end
local generation = redis.call('HGET', M, 'gen') or '0'
if not isKnown() then return lock({'lost', generation, int(now)}) end
local known = redis.call('HMGET', M, 'lease', 'rem', 'adm', 'ver', 'fenced', 'rates')
local lease = known[1]
local function reply(kind, rates, more)
  local answer = {kind, lease, generation, known[4], int(now)}
  for _, value in ipairs(rates) do answer[#answer + 1] = value end
  for _, value in ipairs(more or {}) do answer[#answer + 1] = value end
  return answer
end
if known[5] == '1' then return lock(reply('rotate', {})) end
if redis.call('HEXISTS', H, request) == 1 then return {'duplicate'} end
local state = redis.call('HGET', K, key)
if not state or key == 'g' then return reply('key', {}) end
local own = split(state)
if own[1] ~= '' and now >= tonumber(own[1]) then return reply('key', {}) end
local org = split(known[6])
local scopes = {
  {name = 'key', id = key, q = tonumber(own[2]), t = tonumber(own[3]), n = tonumber(own[4])},
  {name = 'organization', id = 'organization', q = tonumber(org[1]), t = tonumber(org[2]), n = tonumber(org[3])},
}
local function take(tat, limit, cost)
  local after = math.max(tat, now) + (math.min(cost, limit) * MINUTE) / limit
  local early = after - MINUTE - now
  return after, early > NOISE and math.ceil(early) or 0
end
local function tat(which, id) return tonumber(redis.call('HGET', R, which .. ':' .. id) or '0') end
local function figures()
  local found = {}
  for _, which in ipairs({'q', 't'}) do
    local best
    for _, scope in ipairs(scopes) do
      local limit = scope[which]
      local ahead = math.max(tat(which, scope.id) - now, 0)
      local left = math.max(math.floor(((MINUTE - ahead) * limit) / MINUTE + NOISE), 0)
      if not best or left < best[2] or (left == best[2] and limit < best[1]) then best = {limit, left, math.ceil(ahead)} end
    end
    for _, value in ipairs(best) do found[#found + 1] = int(value) end
  end
  return found
end
if not again then
  for _, scope in ipairs(scopes) do
    if tonumber(redis.call('HGET', R, 'n:' .. scope.id) or '0') >= scope.n then
      return reply('rate', figures(), {'concurrent', scope.name, int(scope.n), '1000'})
    end
    for _, which in ipairs({'q', 't'}) do
      local _, wait = take(tat(which, scope.id), scope[which], which == 'q' and 1 or tokens)
      if wait > 0 then
        return reply('rate', figures(), {which == 'q' and 'requests' or 'tokens', scope.name, int(scope[which]), int(wait)})
      end
    end
  end
end
local caps = {}
if amount > 0 then
  local names = {'x:organization:' .. ARGV[3], 'x:project:' .. ARGV[4], 'x:key:' .. key}
  if ARGV[5] ~= '' then names[4] = 'x:member:' .. ARGV[5] end
  local worst
  for _, ids in ipairs(redis.call('HMGET', C, unpack(names))) do
    for _, id in ipairs(words(ids)) do
      local found = redis.call('HMGET', C, 'd:' .. id, 's:' .. id, 'h:' .. id, 'v:' .. id)
      local what = split(found[1])
      if what[5] ~= '' and now >= tonumber(what[5]) then return lock({'lost', generation, int(now)}) end
      local room = tonumber(what[4]) - tonumber(found[2]) - tonumber(found[3])
      caps[#caps + 1] = id
      if amount > room and (not worst or room < worst.room or (room == worst.room and id < worst.id)) then
        worst = {room = room, id = id, what = what, found = found}
      end
    end
  end
  if worst then
    local what, found = worst.what, worst.found
    return reply('cap', figures(), {worst.id, what[1], what[2], what[3], what[4], found[2], found[3], what[6], found[4]})
  end
  if lease == '' or tonumber(known[2]) < amount or tonumber(known[3]) >= tonumber(ARGV[13]) then
    return lock(reply('rotate', figures()))
  end
end
for _, scope in ipairs(scopes) do
  redis.call('HINCRBY', R, 'n:' .. scope.id, 1)
  if not again then
    redis.call('HSET', R, 'q:' .. scope.id, real((take(tat('q', scope.id), scope.q, 1))),
      't:' .. scope.id, real((take(tat('t', scope.id), scope.t, tokens))))
  end
end
if amount > 0 then
  for _, id in ipairs(caps) do redis.call('HINCRBY', C, 'h:' .. id, ARGV[7]) end
  redis.call('HINCRBY', M, 'rem', '-' .. ARGV[7])
  redis.call('HINCRBY', M, 'adm', 1)
end
redis.call('HDEL', E, request)
redis.call('ZREM', Z, request)
redis.call('HSET', H, request, table.concat({ARGV[7], amount > 0 and lease or '', key, ARGV[8], int(now + tonumber(ARGV[9])), '0',
  table.concat(caps, ' ')}, '|'))
return reply('ok', figures())
`;

const INSTALL = `${PRELUDE}
time()
unlock(ARGV[7])
local generation = ARGV[2]
local present = tonumber(redis.call('HGET', M, 'gen') or '0')
if tonumber(generation) <= present then return 0 end
if ARGV[5] == '' then
  if present ~= tonumber(ARGV[6]) or not isKnown() then return 0 end
else
  local state = cjson.decode(ARGV[5])
  redis.call('DEL', C, K, H)
  redis.call('HSET', C, 'g', generation)
  redis.call('HSET', K, 'g', generation)
  redis.call('HSET', H, 'g', generation)
  for _, field in ipairs(redis.call('HKEYS', R)) do
    if string.sub(field, 1, 2) == 'n:' then redis.call('HDEL', R, field) end
  end
  for _, key in ipairs(state.keys) do redis.call('HSET', K, key[1], key[2]) end
  for _, cap in ipairs(state.caps) do
    redis.call('HSET', C, 'd:' .. cap[1], cap[2], 's:' .. cap[1], cap[3], 'h:' .. cap[1], '0', 'v:' .. cap[1], '0')
    local index = 'x:' .. cap[4]
    redis.call('HSET', C, index, (redis.call('HGET', C, index) or '') .. ' ' .. cap[1])
  end
  for _, hold in ipairs(state.holds) do
    local ended = redis.call('HGET', E, hold[1])
    for _, id in ipairs(words(hold[6])) do
      if redis.call('HEXISTS', C, 'd:' .. id) == 1 then
        if ended then redis.call('HINCRBY', C, 's:' .. id, ended)
        else
          redis.call('HINCRBY', C, 'h:' .. id, hold[2])
          redis.call('HINCRBY', C, 'v:' .. id, hold[2])
        end
      end
    end
    if not ended then
      redis.call('HSET', H, hold[1], table.concat({hold[2], hold[3], hold[4], '', hold[5], '1', hold[6]}, '|'))
      redis.call('HINCRBY', R, 'n:' .. hold[4], 1)
      redis.call('HINCRBY', R, 'n:organization', 1)
    end
  end
  redis.call('HSET', M, 'built', generation, 'ver', state.version, 'rates', state.rates)
end
redis.call('HSET', M, 'gen', generation, 'lease', ARGV[3], 'rem', ARGV[4], 'adm', '0', 'fenced', '0')
for _, name in ipairs({C, K, R, H, E, Z}) do redis.call('PEXPIRE', name, ARGV[9]) end
redis.call('PEXPIRE', M, ARGV[8])
return 1
`;

const FINISH = `${PRELUDE}
local request, spent, tokens = ARGV[2], ARGV[3], ARGV[4]
local now = time()
for _, old in ipairs(redis.call('ZRANGEBYSCORE', Z, '-inf', int(now - tonumber(ARGV[5])), 'LIMIT', 0, 20)) do
  redis.call('ZREM', Z, old)
  redis.call('HDEL', E, old)
end
if redis.call('HSETNX', E, request, spent) == 1 then redis.call('ZADD', Z, int(now), request) end
local held = request ~= 'g' and redis.call('HGET', H, request)
if not held then
  redis.call('PEXPIRE', E, ARGV[6])
  redis.call('PEXPIRE', Z, ARGV[6])
  return 0
end
redis.call('HDEL', H, request)
if not isKnown() then return 0 end
local hold = split(held)
for _, id in ipairs(words(hold[7])) do
  if redis.call('HEXISTS', C, 'd:' .. id) == 1 then
    redis.call('HINCRBY', C, 'h:' .. id, '-' .. hold[1])
    redis.call('HINCRBY', C, 's:' .. id, spent)
    if hold[6] == '1' then redis.call('HINCRBY', C, 'v:' .. id, '-' .. hold[1]) end
  end
end
local back = tonumber(hold[1]) - tonumber(spent)
if hold[2] ~= '' and hold[2] == redis.call('HGET', M, 'lease') and back > 0 then redis.call('HINCRBY', M, 'rem', int(back)) end
for _, holder in ipairs({hold[3], 'organization'}) do
  local left = redis.call('HINCRBY', R, 'n:' .. holder, -1)
  if left < 0 then redis.call('HSET', R, 'n:' .. holder, '0') end
  if tokens ~= '' and hold[4] ~= '' then
    local rates = holder == 'organization' and redis.call('HGET', M, 'rates') or redis.call('HGET', K, holder)
    if rates then
      local limit = tonumber(split(rates)[holder == 'organization' and 2 or 3])
      local tat = tonumber(redis.call('HGET', R, 't:' .. holder) or '0')
      redis.call('HSET', R, 't:' .. holder, real(tat + ((tonumber(tokens) - math.min(tonumber(hold[4]), limit)) * MINUTE) / limit))
    end
  end
end
return 1
`;

const FENCE = `${PRELUDE}
if isKnown() and redis.call('HGET', M, 'gen') == ARGV[2] then redis.call('HSET', M, 'fenced', '1') end
return 1
`;

const FORGET = `${PRELUDE}
if (redis.call('HGET', M, 'gen') or '0') == ARGV[2] then redis.call('HSET', M, 'built', '') end
return 1
`;

const UNLOCK = `${PRELUDE}
unlock(ARGV[2])
return 1
`;

const READ = `${PRELUDE}
if not isKnown() then return {} end
time()
return {redis.call('HGETALL', M), redis.call('HGETALL', C), redis.call('HGETALL', H)}
`;

export const SCRIPTS = {
  admit: ADMIT,
  install: INSTALL,
  finish: FINISH,
  fence: FENCE,
  forget: FORGET,
  unlock: UNLOCK,
  read: READ,
} as const;

export type ScriptName = keyof typeof SCRIPTS;
