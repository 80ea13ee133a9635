import { playOnModel } from './play-on-model';
import { readRecording } from './probe-recordings';
import { nameOf, probes } from './probes';
setImmediate(async () => {
  const names = process.argv.slice(2);
  for (const probe of probes) {
    if (names.length && !names.includes(nameOf(probe))) continue;
    await new Promise((r) => setImmediate(r));
    await new Promise<void>((r) =>
      setImmediate(() => {
        playOnModel(probe, { keepTrace: true }).then(
          ({ answer, trace }) => {
            const rec = readRecording(probe);
            const { question, ...expected } = rec ?? ({ question: '' } as never);
            const same = JSON.stringify(answer) === JSON.stringify(expected);
            console.log(same ? 'SAME' : 'DIFF', nameOf(probe));
            if (!same) console.log(' model ', JSON.stringify(answer), '\n server', JSON.stringify(expected));
            if (names.length) console.log(trace);
            r();
          },
          (e) => {
            console.log('FAILED', nameOf(probe), String(e).slice(0, names.length ? 20000 : 600));
            r();
          },
        );
      }),
    );
  }
});
