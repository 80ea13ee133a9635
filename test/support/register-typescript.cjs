// `node --require` this to run a TypeScript file of ours in a process of its own, without a build.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { transformSync } = require('@swc/core');

const compile = (source, filename) =>
  transformSync(source, {
    filename,
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  }).code;

// Node has no other name for these two hooks.
/* oxlint-disable no-underscore-dangle */
Module._extensions['.ts'] = (module, filename) => {
  module._compile(compile(readFileSync(filename, 'utf8'), filename), filename);
};

module.exports = { compile };
