import type { EchoField } from '../../../src/domain/idempotency-contract';
import type { HttpReply } from '../../../src/http/sender';
import type { ContractSetup } from './contract-setup';

/** Bodies that mean nothing, whatever the provider. The empty list is not among them: to a list read it means something. */
export const hostileBodies: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['a blank', ' '],
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '0'],
  ['a text', '"accepted"'],
  ['an empty object', '{}'],
  ['data that is null', '{"data":null}'],
  ['a prototype', '{"__proto__":{"id":1,"status":"pending","transaction_id":"x","withdrawal_id":"x"}}'],
  ['a constructor', '{"constructor":{"prototype":{"id":1}}}'],
  ['a zero byte', '\u0000'],
  ['JSON without its end', '{"id":1,"status":"pending"'],
  ['endless nesting', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
];

const others: Readonly<Record<EchoField, unknown>> = {
  key: 'another-key',
  amount: '1.23',
  currency: 'XAF',
  beneficiary: '9999999999',
  'account-scope': 'another-scope',
};

/** A reply in which the member that repeats `field` holds something else, however deep it stands. */
export function withMemberChanged(setup: ContractSetup, field: EchoField): (reply: HttpReply) => HttpReply {
  const member = setup.echoMembers[field];
  if (member === undefined) throw new Error(`the setup names no member for ${field}`);
  return (reply) => ({
    ...reply,
    body: JSON.stringify(changed(JSON.parse(reply.body), member, others[field])),
  });
}

function changed(value: unknown, member: string, other: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => changed(item, member, other));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === member ? other : changed(inner, member, other),
    ]),
  );
}
