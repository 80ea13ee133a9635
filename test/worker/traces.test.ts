import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApplicationFailure } from '@temporalio/common';
import { traceSettings } from '../../src/config/trace-settings';
import { stillPendingFailure } from '../../src/contract/failure-types';
import { createUndiciSender } from '../../src/http/undici-sender';
import { createLogger } from '../../src/observability/logger';
import type { ScreenedInstallation } from '../../src/worker/installation/create-installation';
import { openTracing } from '../../src/worker/traces/open-tracing';
import { traceIdOf } from '../../src/worker/traces/tracer';
import { installationOf, payoutRequest } from '../support/payout-harness';
import { accepted, failed, scriptedProvider } from '../support/scripted-provider';

type Attribute = { readonly key: string; readonly value: Readonly<Record<string, unknown>> };
type OtlpSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code?: number };
};

const received: { readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
let collector: Server;
let answer = 200;
const sender = createUndiciSender();
beforeAll(async () => {
  collector = createServer((request, reply) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ url: request.url ?? '', headers: request.headers, body });
      reply.writeHead(answer).end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  received.length = 0;
  answer = 200;
});
afterAll(async () => {
  await sender.close();
  await new Promise((resolve) => collector.close(resolve));
});

const run = { workflowId: 'payout/acme/r-1', runId: 'c2f1d6f8-0000-4000-8000-000000000001' };

function tracing(environment: Readonly<Record<string, string>> = {}, lines: string[] = []) {
  const { port } = collector.address() as AddressInfo;
  const { settings } = traceSettings({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=canary%20key',
    ...environment,
  });
  if (settings === undefined) throw new Error('the settings are wrong');
  const provider = scriptedProvider({ submits: [failed('timeout', 'unknown'), accepted()] });
  const installation = installationOf(provider) as ScreenedInstallation;
  const logger = createLogger({ to: { write: (line) => void lines.push(line) } });
  return openTracing(settings, installation, sender.send, logger);
}

/** As the SDK calls an activity. */
async function activity(
  { interceptors }: ReturnType<typeof tracing>,
  activityType: string,
  work: () => Promise<unknown>,
): Promise<unknown> {
  const [create] = interceptors.activity ?? [];
  const info = { activityType, attempt: 2, workflowExecution: run };
  const { inbound } = create?.({ info } as never) ?? {};
  return inbound?.execute?.({ args: [payoutRequest()], headers: {} }, work);
}

const spans = (): readonly OtlpSpan[] =>
  received.flatMap(({ body }) => {
    const { resourceSpans } = JSON.parse(body) as {
      readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: OtlpSpan[] }[] }[];
    };
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  });
const attribute = ({ attributes }: OtlpSpan, name: string): unknown =>
  Object.values(attributes.find(({ key }) => key === name)?.value ?? {})[0];

describe('spans', () => {
  it('show activities of a run, and the calls to providers within, in one trace, without a word of the payout', async () => {
    const open = tracing();
    const provider = open.installation.accounts.get('main')?.provider;
    const attempt = { key: 'k', body: JSON.stringify(payoutRequest()) };
    await activity(open, 'submitPayout', async () => provider?.submit(attempt, {}));
    await activity(open, 'submitPayout', async () => provider?.submit(attempt, {}));
    await activity(open, 'awaitStatus', () =>
      Promise.reject(ApplicationFailure.create({ type: stillPendingFailure, message: 'x' })),
    ).catch(() => undefined);
    await activity(open, 'quotePayout', () => Promise.reject(new Error('Juan dela Cruz'))).catch(
      () => undefined,
    );
    await open.close();

    expect(spans().map(({ name, kind }) => [name, kind])).toEqual([
      ['scripted submit', 3],
      ['submitPayout', 1],
      ['scripted submit', 3],
      ['submitPayout', 1],
      ['awaitStatus', 1],
      ['quotePayout', 1],
    ]);
    const [lost, first, taken, second, pending, broken] = spans();
    expect(lost?.parentSpanId).toBe(first?.spanId);
    expect(taken?.parentSpanId).toBe(second?.spanId);
    expect(first).not.toHaveProperty('parentSpanId');
    expect(new Set(spans().map(({ traceId }) => traceId))).toEqual(new Set([traceIdOf(run.runId)]));
    expect(
      lost && [lost.status.code, attribute(lost, 'payouts.failure'), attribute(lost, 'payouts.effect')],
    ).toEqual([2, 'timeout', 'unknown']);
    expect(taken && [taken.status.code, attribute(taken, 'payouts.reply')]).toEqual([undefined, 'accepted']);
    expect(pending?.status).toEqual({});
    expect(broken?.status.code).toBe(2);
    for (const span of spans()) {
      expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
    }
    for (const { body } of received) expect(body).not.toMatch(/Juan|1234567890|beneficiary|canary/);
    expect(received[0]).toMatchObject({
      url: '/v1/traces',
      headers: { 'x-key': 'canary key', 'content-type': 'application/json' },
    });
    expect(received[0]?.body).toContain('"service.version"');
  });

  it('that cannot be delivered are lost, and said once', async () => {
    answer = 503;
    const lines: string[] = [];
    const open = tracing({}, lines);
    expect(await activity(open, 'submitPayout', async () => 'result')).toBe('result');
    await open.close();
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({
        level: 'warn',
        event: 'spans cannot be delivered and are lost',
        status: 503,
      }),
    ]);
  });
});

describe('where spans go', () => {
  it.each([
    [{}, 'http://localhost:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example/x/' }, 'https://otel.example/x/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://otel.example/t' }, 'https://otel.example/t'],
  ])('by %j is %s', (environment, url) => {
    expect(traceSettings(environment).settings?.url).toBe(url);
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'canary' }, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL'],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'canary' }, 'OTEL_EXPORTER_OTLP_HEADERS'],
  ])('by %j is a problem, which quotes nothing', (environment, path) => {
    const { settings, problems } = traceSettings(environment);
    expect(settings).toBeUndefined();
    expect(problems).toEqual([{ path, message: expect.not.stringContaining('canary') }]);
  });
});
