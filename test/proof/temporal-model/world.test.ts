import { inMacrotask, runByEventLoop, runSynchronously } from './drive';
import { installVirtualGlobals } from './virtual-globals';
import { World } from './world';

/** A few chains of promises and events that meet in the same milliseconds. */
function busyWorld(seed: number): World {
  const world = new World(seed, { keepTrace: true });
  const walk = async (name: string): Promise<void> => {
    for (let step = 0; step < 20; step += 1) {
      await world.delay(world.between(0, 3));
      world.log(`${name} ${step} ${world.pick(['left', 'right'])}`);
      if (world.fault('stumble', 0.1)) await world.delay(1);
    }
  };
  for (const name of ['ann', 'bob', 'cem']) void walk(name);
  return world;
}

const toTheEnd = (world: World): Promise<string> =>
  inMacrotask(() => runSynchronously(world, () => false, 1_000));

describe('a world', () => {
  it('is the same for the same seed, and another one for another', async () => {
    const hashes = await Promise.all(
      [1, 1, 2].map(async (seed) => {
        const world = busyWorld(seed);
        expect(await toTheEnd(world)).toBe('idle');
        return world.hash();
      }),
    );
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });

  it('is the same whichever way it is driven', async () => {
    const one = busyWorld(3);
    const other = busyWorld(3);
    await toTheEnd(one);
    expect(await runByEventLoop(other, () => false, 1_000)).toBe('idle');
    expect(other.trace).toBe(one.trace);
    expect(other.hash()).toBe(one.hash());
    expect(other.steps).toBe(one.steps);
  });

  it('has the same hash whether or not its lines are kept', async () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => `line ${index}`);
    const [kept, dropped] = [true, false].map((keepTrace) => {
      const world = new World(1, { keepTrace });
      for (const line of lines) world.log(line);
      return world;
    });
    expect(dropped?.hash()).toBe(kept?.hash());
    expect(dropped?.trace).toBe('');
  });

  it('runs events by time, drains promises between two of them, and skips what was called off', async () => {
    const world = new World(1);
    const seen: string[] = [];
    world.after(20, () => void seen.push('late'));
    world.after(10, () => {
      void Promise.resolve()
        .then(() => undefined)
        .then(() => seen.push('promise'));
      world.soon(() => seen.push('soon'));
    });
    world.after(15, () => void seen.push('never'))();
    await toTheEnd(world);
    expect(seen).toEqual(['promise', 'soon', 'late']);
  });

  it('orders events of one moment by the seed', async () => {
    const orders = new Set<string>();
    for (let seed = 1; seed <= 20; seed += 1) {
      const world = new World(seed);
      let order = '';
      for (const name of ['a', 'b', 'c']) world.after(5, () => (order += name));
      await toTheEnd(world);
      orders.add(order);
    }
    expect(orders.size).toBe(6);
  });

  it('counts the faults that happened, and none that could have', () => {
    const world = new World(1);
    const happened = Array.from({ length: 100 }, () => world.fault('maybe', 0.3)).filter(Boolean).length;
    expect(world.fault('never', 0)).toBe(false);
    expect([...world.fired]).toEqual([['maybe', happened]]);
  });

  it('ends a run that goes on for ever', async () => {
    const world = new World(1);
    const again = (): void => void world.after(1, again);
    again();
    expect(await inMacrotask(() => runSynchronously(world, () => false, 50))).toBe('too-long');
    expect(world.steps).toBe(50);
  });
});

describe('the clock of the realm', () => {
  it('is the world’s while a simulation runs, and what it was before afterwards', () => {
    const { now, random } = { now: Date.now, random: Math.random };
    const realDate = Date;
    const world = new World(1);
    const restore = installVirtualGlobals(world);
    try {
      expect(Date.now()).toBe(world.now);
      expect(new Date().getTime()).toBe(world.now);
      expect(new Date(5).getTime()).toBe(5);
      expect(new Date(2027, 0, 1)).toBeInstanceOf(realDate);
      expect(Date.UTC(2027, 0)).toBe(realDate.UTC(2027, 0));
      expect(() => installVirtualGlobals(world)).toThrow('another simulation');
    } finally {
      restore();
    }
    expect(Date).toBe(realDate);
    expect(Date.now).toBe(now);
    expect(Math.random).toBe(random);
  });
});
