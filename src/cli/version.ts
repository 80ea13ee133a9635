import { build } from '../observability/build';
import { version } from '../observability/version';

/** This program's version and build, and what it runs on: the first thing that support asks for. */
export const versionLine = (): string =>
  `payouts ${version}, build ${build} (Node ${process.version.slice(1)}, ${process.platform} ${process.arch})`;
