// Runs test code against a solution that lives in another sandbox, in the words of host.py. The last line of a test that passed is the nonce.
const crypto = require('crypto');
const assert = require('assert');
const [nonce, ...names] = process.argv.slice(2);
const references = new WeakMap();
process.stdout.write = () => true;

// The test asks for what cannot be done here: its fault, not the solution's. Ends at once, so that no test takes it for an exception it expects.
function giveUp(reason) {
  console.error(reason);
  process.exit(66);
}

function encodeOther(value) {
  if (references.has(value)) return { $ref: references.get(value) };
  if (value instanceof Map) return { $map: [...value].map(([key, item]) => [encode(key), encode(item)]) };
  if (Object.getPrototypeOf(value) === Object.prototype) {
    return { $dict: Object.entries(value).map(([key, item]) => [key, encode(item)]) };
  }
  giveUp(`a test cannot hand a ${typeof value} to the solution`);
}

function decodeOther(value) {
  if ('$dict' in value) {
    const items = value.$dict.map(([key, item]) => [decode(key), decode(item)]);
    return items.every(([key]) => typeof key === 'string') ? Object.fromEntries(items) : new Map(items);
  }
  throw new TypeError('a reply of an unknown kind');
}

const referenced = (number) => remote(number);
const replies = lines();

function readLine() {
  const { value, done } = replies.next();
  // Not an exception: a test that expects one must not take it for that.
  if (done) process.exit(1);
  return value;
}

function ask(request) {
  const id = crypto.randomBytes(8).toString('hex');
  fs.writeSync(1, `${JSON.stringify({ id, ...request })}\n`);
  for (;;) {
    let reply = null;
    try {
      reply = JSON.parse(readLine());
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    if (reply?.id !== id) {
      fs.writeSync(1, '\n'); // the solution's own noise: an empty line asks for the next one
      continue;
    }
    if (reply.error) {
      const [name, message] = reply.error.map(String);
      const kind = { TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError }[name] ?? Error;
      throw new kind(message);
    }
    return reply;
  }
}

function writeBack(argument, after) {
  if (Array.isArray(argument) && Array.isArray(after)) {
    argument.splice(0, argument.length, ...after);
  } else if (argument instanceof Map || argument instanceof Set) {
    argument.clear();
    for (const item of after) Array.isArray(item) && argument instanceof Map ? argument.set(...item) : argument.add(item);
  } else {
    for (const key of Object.keys(argument)) delete argument[key];
    Object.assign(argument, after);
  }
}

function call(ref, args, construct) {
  const reply = ask({ ref, args: args.map(encode), back: true, construct });
  args.forEach((argument, i) => {
    if (argument === null || typeof argument !== 'object' || references.has(argument)) return;
    writeBack(argument, decode(reply.args[i]));
  });
  return decode(reply.value);
}

function remote(ref) {
  const target = function () {};
  const proxy = new Proxy(target, {
    get: (_, name) => typeof name === 'string' ? decode(ask({ ref, get: name }).value) : undefined,
    set: (_, name) => giveUp(`a test cannot set ${String(name)} of the solution's objects`),
    apply: (_, self, args) => call(ref, args, false),
    construct: (_, args) => call(ref, args, true),
  });
  references.set(proxy, ref);
  return proxy;
}

const known = { assert, console, require, Array, Object, Map, Set, JSON, Math, Number, String };
const scope = new Proxy(known, {
  has: (_, name) => typeof name === 'string' && (Object.hasOwn(known, name) || !(name in globalThis)),
  get: (_, name) => typeof name !== 'string' ? undefined
    : Object.hasOwn(known, name) ? known[name]
    : names.length > 0 && !names.includes(name) ? undefined
    : decode(ask({ ref: 0, get: name }).value),
});
let test;
try {
  test = new Function('scope', `with (scope) {\n${fs.readFileSync('tests.js', 'utf8')}\n}`);
} catch (error) {
  giveUp(String(error));
}
test(scope);
fs.writeSync(1, `${nonce}\n`);
process.exit(0);
