/** What a shard was asked to do; see `shard.ts`. Loads nothing, so that it can be read before anything of the SDK is. */
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    seed: { type: 'string' },
    host: { type: 'string', default: 'sdk' },
    stop: { type: 'string', default: '1000000' },
    cases: { type: 'boolean', default: false },
    case: { type: 'string' },
  },
});

export const shardOptions = values;

/** The production bundle in the worker's own VM: nothing of that may be replaced. */
export const runsInVm = values.host === 'vm';
