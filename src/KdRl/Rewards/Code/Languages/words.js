'use strict';
// The words in which host.js and examiner.js speak of values and the lines they come on. It stands before each of them; they define what
// else a value can be: encodeOther(value), decodeOther(value), and referenced(number), an object of the solution.
const fs = require('fs');

function encode(value) {
  switch (typeof value) {
    case 'boolean': case 'string': return value;
    case 'number': return Number.isFinite(value) ? value : { $float: value !== value ? 'nan' : value > 0 ? 'inf' : '-inf' };
    case 'bigint': return { $int: String(value) };
    case 'undefined': return { $undefined: true };
  }
  if (value === null) return null;
  if (Array.isArray(value)) return value.map(encode);
  if (value instanceof Set) return { $set: [...value].map(encode) };
  return encodeOther(value);
}

function decode(value) {
  if (Array.isArray(value)) return value.map(decode);
  if (value === null || typeof value !== 'object') return value;
  if ('$float' in value) return { nan: NaN, inf: Infinity, '-inf': -Infinity }[value.$float];
  if ('$int' in value) return BigInt(value.$int);
  if ('$undefined' in value) return undefined;
  if ('$ref' in value) return referenced(value.$ref);
  if ('$set' in value) return new Set(value.$set.map(decode));
  return decodeOther(value);
}

function* lines() {
  const chunk = Buffer.alloc(65536);
  let rest = Buffer.alloc(0);
  for (;;) {
    const end = rest.indexOf(10);
    if (end >= 0) {
      yield rest.subarray(0, end).toString('utf8');
      rest = rest.subarray(end + 1);
      continue;
    }
    const count = fs.readSync(0, chunk);
    if (count === 0) return;
    rest = Buffer.concat([rest, chunk.subarray(0, count)]);
  }
}
