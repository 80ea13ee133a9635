import { request } from 'node:http';

export type RawExchange =
  | {
      readonly outcome: 'reply';
      readonly status: number;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly bytes: Buffer;
    }
  /** The connection ended before any byte of a reply. */
  | { readonly outcome: 'cut' }
  /** Headers came, but not the whole body. */
  | { readonly outcome: 'incomplete'; readonly status: number; readonly bytes: Buffer }
  | { readonly outcome: 'gave-up' };

export type RawRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** One request on a connection of its own, with every way it can end kept apart. */
export function exchange(url: string, sent: RawRequest, patienceMs = 30_000): Promise<RawExchange> {
  return new Promise((resolve) => {
    const outgoing = request(new URL(sent.path, url), {
      method: sent.method,
      headers: { ...sent.headers },
      agent: false,
    });
    const patience = setTimeout(() => {
      resolve({ outcome: 'gave-up' });
      outgoing.destroy();
    }, patienceMs);
    const finish = (result: RawExchange): void => {
      clearTimeout(patience);
      resolve(result);
    };
    outgoing.on('error', () => finish({ outcome: 'cut' }));
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      const { statusCode: status = 0, headers } = response;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => finish({ outcome: 'incomplete', status, bytes: Buffer.concat(chunks) }));
      response.on('end', () => finish({ outcome: 'reply', status, headers, bytes: Buffer.concat(chunks) }));
    });
    outgoing.end(sent.body);
  });
}
