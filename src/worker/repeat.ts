/** Does something again and again, with a pause in between, until it is stopped; `stop` waits for what is under way. */
export function repeat(
  work: () => Promise<void>,
  pauseMs: () => number,
): { readonly stop: () => Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const round = async (): Promise<void> => {
    await work();
    if (!isStopped)
      timer = setTimeout(() => {
        current = round();
      }, pauseMs());
  };
  let current = round();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
