/** Replies that no provider means to send: what proxies, crashes and full disks put on the wire. */
import type { SimulatedReply } from './provider-core';

const gatewayPage = '<!doctype html><html><body><h1>502 Bad Gateway</h1><hr>edge</body></html>';

/** A web page where JSON was expected. */
export function htmlReply(status: number, page: string = gatewayPage): SimulatedReply {
  return { status, headers: { 'content-type': 'text/html' }, body: page };
}

/** Random bytes, invalid as UTF-8, that call themselves JSON. */
export function randomBytesReply(status: number, random: () => number): SimulatedReply {
  const body = Array.from({ length: 512 }, () => String.fromCharCode(Math.floor(random() * 256))).join('');
  return { status, headers: { 'content-type': 'application/json' }, body, encoding: 'latin1' };
}

/** Well-formed JSON of exactly `bytes` bytes, to be refused for its size alone. */
export function oversizedReply(bytes: number): SimulatedReply {
  const frame = '{"padding":""}';
  const padding = 'x'.repeat(Math.max(0, bytes - frame.length));
  return { status: 200, headers: { 'content-type': 'application/json' }, body: `{"padding":"${padding}"}` };
}

/** The same reply with its body stopped in the middle. */
export function cutReply(reply: SimulatedReply): SimulatedReply {
  return { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) };
}

/** The reply with the given headers instead of its own of the same name; `undefined` removes one. */
export function withHeaders(
  reply: SimulatedReply,
  changes: Readonly<Record<string, string | undefined>>,
): SimulatedReply {
  const merged = Object.entries({ ...reply.headers, ...changes });
  const headers = Object.fromEntries(
    merged.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return { ...reply, headers };
}
