// `node --require register-typescript.cjs --require` this: sources are loaded with the changes of one seeded bug
// (`PROOF_SEEDED_BUG`, see seeded-bugs.ts). A change that no longer fits its file ends the process.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const name = process.env.PROOF_SEEDED_BUG;
if (name) {
  const { seededBugs } = require('./seeded-bugs.ts');
  const { removedGuards } = require('./removed-guards.ts');
  const bug = [...seededBugs, ...removedGuards].find((candidate) => candidate.name === name);
  if (!bug) throw new Error(`there is no seeded bug ${name}`);
  const root = path.resolve(__dirname, '..', '..', '..');
  const changed = new Map();
  for (const { file, find, replace } of bug.changes) {
    const filename = path.join(root, file);
    const source = changed.get(filename) ?? readFileSync(filename, 'utf8');
    if (source.split(find).length !== 2) {
      throw new Error(`seeded bug ${name}: ${file} does not hold exactly once: ${find}`);
    }
    changed.set(
      filename,
      source.replace(find, () => replace),
    );
  }
  const { compile } = require('../../support/register-typescript.cjs');
  // Node has no other name for this hook.
  /* oxlint-disable no-underscore-dangle */
  const load = Module._extensions['.ts'];
  Module._extensions['.ts'] = (module, filename) => {
    const source = changed.get(filename);
    if (source === undefined) load(module, filename);
    else module._compile(compile(source, filename), filename);
  };
}
