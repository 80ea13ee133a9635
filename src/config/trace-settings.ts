import { Secret } from '../observability/secret';
import type { ConfigurationProblem } from './configuration-problem';
import type { Environment } from './environment';

/** Where spans go: OTLP over HTTP, as JSON. */
export type TraceSettings = {
  readonly url: string;
  /** Some hold a key. */
  readonly headers: Readonly<Record<string, Secret>>;
  readonly serviceName: string;
};

const variables = {
  ofTraces: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  ofAll: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  tracesProtocol: 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
  protocol: 'OTEL_EXPORTER_OTLP_PROTOCOL',
  tracesHeaders: 'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
  headers: 'OTEL_EXPORTER_OTLP_HEADERS',
  service: 'OTEL_SERVICE_NAME',
} as const;

/** Reads OpenTelemetry's standard variables; what is not set has the default of its specification. No value is quoted. */
export function traceSettings(environment: Environment): {
  readonly settings: TraceSettings | undefined;
  readonly problems: readonly ConfigurationProblem[];
} {
  const value = (name: string): string | undefined => environment[name] || undefined;
  const problems: ConfigurationProblem[] = [];
  const [place, url] =
    value(variables.ofTraces) === undefined
      ? [
          variables.ofAll,
          `${(value(variables.ofAll) ?? 'http://localhost:4318').replace(/\/+$/, '')}/v1/traces`,
        ]
      : [variables.ofTraces, value(variables.ofTraces) ?? ''];
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    problems.push({ path: place, message: 'must be an http or https URL' });
  const spoken = value(variables.tracesProtocol) ?? value(variables.protocol);
  if (spoken === 'grpc')
    problems.push({ path: variables.protocol, message: 'is grpc: spans are sent over HTTP (http/json)' });
  const headersPlace =
    value(variables.tracesHeaders) === undefined ? variables.headers : variables.tracesHeaders;
  const headers = readHeaders(value(headersPlace) ?? '');
  if (headers === undefined)
    problems.push({ path: headersPlace, message: 'must be pairs such as "name=value,other=value"' });
  return {
    settings:
      problems.length > 0 || headers === undefined
        ? undefined
        : { url, headers, serviceName: value(variables.service) ?? 'durable-payouts' },
    problems,
  };
}

function readHeaders(text: string): Readonly<Record<string, Secret>> | undefined {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  const headers: Record<string, Secret> = {};
  for (const pair of pairs) {
    const [, name = '', value = ''] =
      /^\s*([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*=\s*([\x20-\x7e]*?)\s*$/.exec(pair) ?? [];
    if (name === '') return undefined;
    try {
      headers[name.toLowerCase()] = new Secret(decodeURIComponent(value));
    } catch {
      return undefined;
    }
  }
  return headers;
}
