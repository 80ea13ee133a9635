import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A Watchman whose every answer a test can bend. It knows one list with two entries. */
export type FakeWatchman = {
  readonly baseUrl: string;
  /** What was asked, in order: path and query. */
  readonly asked: URL[];
  /** The answer to `/v2/listinfo`; a test changes its members. */
  listInfo: Record<string, unknown>;
  /** Addresses and whose they are. */
  wallets: Record<string, string>;
  /** What `/v2/search` answers instead of the honest answer it is given. */
  bend: (honest: SearchAnswer, asked: URL) => unknown;
  /** Takes the whole reply over; return false to leave it. */
  answer: (request: IncomingMessage, response: ServerResponse, asked: URL) => boolean;
  close(): Promise<void>;
};

export type SearchAnswer = {
  query: Record<string, unknown>;
  entities: Record<string, unknown>[] | null;
};

export const canary = 'Canary Testbird';
export const listed = 'Arkady Denisovich Vostrikov';
export const listedWallet = '1BoatSLRHtKNngkdXEeobR76b53LETtpyT';

const entity = (name: string, sourceID: string, match: number): Record<string, unknown> => ({
  name,
  entityType: 'person',
  sourceList: 'us_ofac',
  sourceID,
  person: { name, altNames: ['THE LOCKSMITH'], birthDate: '1961-03-14T00:00:00Z' },
  business: null,
  organization: null,
  addresses: [{ line1: '1 Test Street', country: 'Germany' }],
  sourceData: { entityID: sourceID },
  match,
});

export async function startFakeWatchman(now: () => number): Promise<FakeWatchman> {
  const asked: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://watchman');
    asked.push(url);
    if (fake.answer(request, response, url)) return;
    const json = (value: unknown): void => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify(value)}\n`);
    };
    if (url.pathname === '/v2/listinfo') return json(fake.listInfo);
    if (url.pathname !== '/v2/search') return void response.writeHead(404).end();
    const name = url.searchParams.get('name') ?? '';
    const words = name.toLowerCase().split(' ');
    const wallet = url.searchParams.get('cryptoAddress');
    const [currency = '', address = ''] = wallet?.split(':') ?? [];
    const found =
      wallet === null
        ? [entity(canary, '90000', 0.8125), entity(listed, '90001', 0.8123456)].filter(({ name: known }) =>
            words.every((word) => String(known).toLowerCase().includes(word)),
          )
        : [entity(listed, '90001', 1)].filter(() => fake.wallets[address] === '90001');
    json(
      fake.bend(
        {
          query: {
            name,
            entityType: url.searchParams.get('type') ?? '',
            sourceID: '',
            cryptoAddresses: wallet === null ? null : [{ currency, address }],
          },
          entities: found.length === 0 ? null : found,
        },
        url,
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const loaded = new Date(now() - 60_000).toISOString();
  const fake: FakeWatchman = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    listInfo: {
      lists: { us_ofac: 2 },
      listHashes: { us_ofac: '221f9577ffafd52162d626e3f5e847f71fe9c12a540eea86a3292e787251e63b' },
      startedAt: loaded,
      endedAt: loaded,
      version: '',
    },
    wallets: { [listedWallet]: '90001' },
    bend: (honest) => honest,
    answer: () => false,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return fake;
}
