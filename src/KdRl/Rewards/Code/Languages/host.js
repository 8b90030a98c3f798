// Serves calls to a solution, in the words of host.py: one JSON request on a line, one JSON reply on a line.
const vm = require('vm');
const path = process.argv[2];
const objects = [];

// The solution may print; only what carries the id of a request is a reply.
process.stdout.write = () => true;

function encodeOther(value) {
  if (value instanceof Map) return { $dict: [...value].map(([key, item]) => [encode(key), encode(item)]) };
  if (typeof value === 'object' && [null, Object.prototype].includes(Object.getPrototypeOf(value))) {
    return { $dict: Object.entries(value).map(([key, item]) => [key, encode(item)]) };
  }
  objects.push(value);
  return { $ref: objects.length - 1 };
}

function decodeOther(value) {
  if ('$map' in value) return new Map(value.$map.map(([key, item]) => [decode(key), decode(item)]));
  if ('$dict' in value) return Object.fromEntries(value.$dict.map(([key, item]) => [key, decode(item)]));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)]));
}

const referenced = (number) => objects[number];

// What the solution exports, or declares at its top level.
function named(name) {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) throw new ReferenceError(`${name} is not a name`);
  const exported = globalThis.module.exports;
  return exported !== null && exported !== undefined && Object.hasOwn(exported, name) ? exported[name] : vm.runInThisContext(name);
}

const isClass = (value) => typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));

function find(dotted) {
  let [target, self] = [named(dotted.split('.')[0]), undefined];
  for (const name of dotted.split('.').slice(1)) {
    self = isClass(target) ? new target() : target;
    target = self[name];
  }
  return [target, self];
}

async function answer(request) {
  if ('get' in request) {
    if (request.ref === 0) return { value: encode(named(request.get)) };
    const owner = objects[request.ref];
    const value = owner[request.get];
    return { value: encode(typeof value === 'function' ? value.bind(owner) : value) };
  }
  const [target, self] = 'path' in request ? find(request.path) : [objects[request.ref], undefined];
  const args = request.args.map(decode);
  const value = await (request.construct ? new target(...args) : target.apply(self, args));
  const reply = { value: encode(value) };
  if (request.back) reply.args = args.map(encode);
  return reply;
}

async function main() {
  const source = fs.readFileSync(path, 'utf8');
  let script;
  try {
    script = new vm.Script(source, { filename: path });
  } catch (error) {
    console.error(String(error));
    process.exit(65);
  }
  globalThis.module = { exports: {} };
  globalThis.exports = globalThis.module.exports;
  globalThis.require = require;
  script.runInThisContext();
  objects.push(globalThis);
  for (const line of lines()) {
    const request = JSON.parse(line);
    let reply;
    try {
      reply = await answer(request);
    } catch (error) {
      reply = { error: [String(error?.name ?? 'Error'), String(error?.message ?? error).slice(0, 200)] };
    }
    fs.writeSync(1, `${JSON.stringify({ id: request.id, ...reply })}\n`);
  }
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
