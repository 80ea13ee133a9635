import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSimulators } from '../../src/simulators/start-simulators';

describe('startSimulators', () => {
  it('starts every provider on a port of its own with development credentials', async () => {
    const { stop, ...providers } = await startSimulators();
    try {
      const urls = Object.values(providers).map(({ url }) => url);
      expect(new Set(urls).size).toBe(urls.length);
      for (const [name, provider] of Object.entries(providers)) {
        expect(provider.simulator.provider).toBe(name);
        expect((await fetch(`${provider.adminUrl}/ledger`)).status).toBe(200);
        expect(JSON.stringify(provider.credentials)).toContain('fake');
      }
    } finally {
      await stop();
    }
    await expect(fetch(providers.payfield.url)).rejects.toThrow(/fetch failed/);
  });

  it('takes changes to the setup of one provider and what all of them share', async () => {
    const credentials = { apiKey: 'sk_test_own', webhookSecret: 'own' };
    const running = await startSimulators({ syncgram: { credentials }, adminToken: 'fake-token' });
    try {
      expect(running.syncgram.credentials).toEqual(credentials);
      expect(running.syncgram.options.rates).toHaveProperty(['USD/NGN']);
      expect((await fetch(`${running.payfield.adminUrl}/ledger`)).status).toBe(401);
    } finally {
      await running.stop();
    }
  });

  it('leaves nothing running when one provider cannot start', async () => {
    const occupied = createServer();
    await new Promise<void>((resolve) => occupied.listen(0, '127.0.0.1', resolve));
    const { port } = occupied.address() as AddressInfo;
    await expect(startSimulators({ ports: { syncgram: port } })).rejects.toThrow(/EADDRINUSE/);
    await new Promise<void>((resolve) => occupied.close(() => resolve()));
  });
});
