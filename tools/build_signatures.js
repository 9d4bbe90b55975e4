// Write ruleconv/kql/binding/data/signatures.txt: node tools/build_signatures.js FOLDER, where FOLDER holds node_modules/@kusto/language-service-next.
//
// A line for each signature of each scalar function and aggregate that Microsoft's parser knows: its name, its parameters in order, and
// after > what its dynamic result holds, where that is known. A parameter is KIND[:HOW][=value|value][{least,most}]: KIND a type or a
// family of types (see signatures.py), HOW "constant" or "literal", values those that a literal may have, {least,most} how often it may
// stand (not written for exactly once; most is empty where there is no bound).
'use strict';
const fs = require('fs');
const path = require('path');
const home = path.join(path.resolve(process.argv[2]), 'node_modules', '@kusto', 'language-service-next');
require(path.join(home, 'bridge.min.js'));
require(path.join(home, 'Kusto.Language.Bridge.min.js'));
const version = JSON.parse(fs.readFileSync(path.join(home, 'package.json'), 'utf8').replace(/^\uFEFF/, '')).version;
const { Functions, Aggregates, Symbols } = globalThis.Kusto.Language;

const UNBOUND = 32767;
const list = (items) => (items ? globalThis.System.Linq.Enumerable.from(items, globalThis.System.Object).ToArray() : []);
const nameOf = (kinds, value) => Object.keys(kinds).find((name) => kinds[name] === value) || String(value);
const kebab = (name) => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();

function parameter(p) {
  const kind = nameOf(Symbols.ParameterTypeKind, p.TypeKind);
  const types = list(p.DeclaredTypes).map((t) => t.Name);
  const how = { Constant: ':constant', Literal: ':literal', LiteralNotEmpty: ':literal', StarOnly: ':star', StarAllowed: '', Column: ':column' };
  const values = list(p.Values).map(String);
  const often = p.MinOccurring === 1 && p.MaxOccurring === 1 ? '' : `{${p.MinOccurring},${p.MaxOccurring === UNBOUND ? '' : p.MaxOccurring}}`;
  return (kind === 'Declared' ? types.join('/') : kebab(kind)) + (how[nameOf(Symbols.ArgumentKind, p.ArgumentKind)] || '')
    + (values.length ? '=' + values.join('|') : '') + often;
}

function result(signature) {
  const kind = String((signature.DeclaredReturnType && signature.DeclaredReturnType.constructor.$$name) || '');
  if (nameOf(Symbols.ReturnTypeKind, signature.ReturnKind) === 'Parameter0Array' || kind.endsWith('DynamicArraySymbol')) return ' > array';
  return kind.endsWith('DynamicBagSymbol') ? ' > bag' : '';
}

const lines = new Set();
for (const [of, symbols] of [['f', Functions.All], ['a', Aggregates.All]])
  for (const symbol of list(symbols)) {
    if (symbol.Name.startsWith('_')) continue;
    for (const signature of list(symbol.Signatures))
      lines.add([`${of}:${symbol.Name}`, ...list(signature.Parameters).map(parameter)].join(' ') + result(signature));
  }
const head = `# Signatures of KQL's scalar functions (f:) and aggregates (a:) as Microsoft's parser states them: @kusto/language-service-next ${version}\n`
  + '# (MIT, https://www.npmjs.com/package/@kusto/language-service-next). Written by tools/build_signatures.js, which tells the format.\n';
const target = path.join(__dirname, '..', 'ruleconv', 'kql', 'binding', 'data', 'signatures.txt');
fs.mkdirSync(path.dirname(target), { recursive: true });
fs.writeFileSync(target, head + [...lines].sort().join('\n') + '\n');
console.log(`${target}: ${lines.size} signatures`);
