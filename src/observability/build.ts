/**
 * Which code this is: a digest of all that was compiled, so that the same sources have the same build. `npm run build` writes
 * it into the compiled file; the sources themselves have none.
 */
export const build: string = 'source';
