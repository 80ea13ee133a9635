const path = require('node:path');
// A dependency of jest's own, so that the two are always of one version.
const { default: Sequencer } = require(
  require.resolve('@jest/test-sequencer', {
    paths: [require.resolve('jest-cli', { paths: [require.resolve('jest')] })],
  }),
);

/**
 * The folders and files whose tests take minutes, longest first. In a fresh clone jest does not know how long a file takes, and
 * goes by its size: the longest, which is a few lines, would begin when all others have ended.
 */
const longest = [
  'test/proof/simulation/seeds.test.ts',
  'test/proof/detection/',
  'test/scenarios/',
  'test/workflows/',
  'test/replay/',
];

/** Runs what takes longest first, so that no single file is left for the end. Among those alike jest decides. */
class LongFilesFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path: name, context }) => {
      const file = path.relative(context.config.rootDir, name).split(path.sep).join('/');
      const place = longest.findIndex((start) => file.startsWith(start));
      return place < 0 ? longest.length : place;
    };
    return super
      .sort(tests)
      .map((test) => ({ test, rank: rank(test) }))
      .sort((one, other) => one.rank - other.rank)
      .map(({ test }) => test);
  }
}

module.exports = LongFilesFirst;
