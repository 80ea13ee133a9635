import { providerFailureCodes } from '../../domain/provider-failure';
import { heldReasons, reasonCodes } from '../../domain/reason';
import {
  assertArguments,
  milliseconds,
  oneOf,
  optional,
  someFunction,
  someObject,
  text,
  truthValue,
  wholeNumber,
} from '../arguments';
import type { Field, FieldsOf } from '../arguments';
import { clientErrorCodes, PayoutClientError } from '../errors';
import type { AskedPeople } from './in-memory-payout';
import type { DrivenPayout, InMemoryOptions } from './in-memory-payouts';
import type { FinalOptions } from './in-memory-run';
import type { FailNext, FailingMethod } from './planned-failures';

/** In JavaScript nothing else tells whoever writes a test that a name or a word is none: a typo would drive to nowhere. */

const aLine = text(1, 500);

const optionFields: FieldsOf<InMemoryOptions> = {
  account: optional({
    expects: 'an object with id, provider and mode',
    accepts: (value) =>
      someObject.accepts(value) &&
      ['id', 'provider', 'mode'].every(
        (name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'string',
      ),
  }),
  startAt: optional(wholeNumber(0, 253_402_300_799_999)),
  onStart: optional(someFunction),
  checkAnswer: optional({
    expects: 'what a worker says: an object with a kind',
    accepts: (value) =>
      someObject.accepts(value) && typeof (value as { readonly kind?: unknown }).kind === 'string',
  }),
};

export const assertInMemoryOptions = (options: unknown): void =>
  assertArguments('createInMemoryPayouts', options, optionFields);

const failureFields: FieldsOf<FailNext> = {
  error: {
    expects: `a PayoutClientError or one of ${clientErrorCodes.join(', ')}`,
    accepts: (value) => value instanceof PayoutClientError || oneOf(clientErrorCodes).accepts(value),
  },
  times: optional(wholeNumber(1, Number.MAX_SAFE_INTEGER)),
  afterwards: optional(truthValue),
};

export function assertFailNext(method: unknown, failure: unknown, methods: readonly FailingMethod[]): void {
  assertArguments('failNext', { method }, { method: oneOf(methods) });
  assertArguments('failNext', failure, failureFields);
}

const peopleFields: FieldsOf<AskedPeople> = {
  levels: {
    expects: 'a list of at least one level',
    accepts: (value) => Array.isArray(value) && value.length > 0,
  },
  purpose: optional(oneOf(['payout', 'screening'])),
  deadlineMs: optional(wholeNumber(1, Number.MAX_SAFE_INTEGER)),
};

const levelFields: FieldsOf<AskedPeople['levels'][number]> = {
  people: {
    expects: 'a list of people',
    accepts: (value) => Array.isArray(value) && value.every((person) => text(1, 128).accepts(person)),
  },
  quorum: optional(wholeNumber(1, Number.MAX_SAFE_INTEGER)),
  role: optional(text(1, 128)),
};

const finalFields: FieldsOf<FinalOptions> = {
  watchMs: optional({ ...milliseconds(0), accepts: (value) => typeof value === 'number' && value >= 0 }),
  amounts: optional(someObject),
};

/** A driver that refuses what it cannot read, as the client refuses it: with `arguments_invalid`, before anything happens. */
export function strictDriver(payout: DrivenPayout): DrivenPayout {
  /** Each argument by its name. */
  const read = (step: string, given: object, fields: Readonly<Record<string, Field>>): void =>
    assertArguments(step, given, fields);
  const final = (step: string, options: unknown): void => {
    if (options !== undefined) assertArguments(step, options, finalFields);
  };
  const back = (next: () => DrivenPayout): DrivenPayout => {
    next();
    return driver;
  };
  const ending = (step: 'rejected' | 'expired') => (reason?: Parameters<DrivenPayout['rejected']>[0]) => {
    read(step, { reason }, { reason: optional(oneOf(reasonCodes)) });
    return back(() => payout[step](reason));
  };
  const driver: DrivenPayout = {
    plan: () => back(() => payout.plan()),
    askPeople(people) {
      assertArguments('askPeople', people, peopleFields);
      for (const level of people.levels) assertArguments('askPeople: a level', level, levelFields);
      return back(() => payout.askPeople(people));
    },
    prepare: () => back(() => payout.prepare()),
    send: () => back(() => payout.send()),
    unconfirmed(code) {
      read('unconfirmed', { code }, { code: optional(oneOf(providerFailureCodes)) });
      return back(() => payout.unconfirmed(code));
    },
    provenAbsent: () => back(() => payout.provenAbsent()),
    accepted(providerPayoutId) {
      read('accepted', { providerPayoutId }, { providerPayoutId: optional(text(1, 128)) });
      return back(() => payout.accepted(providerPayoutId));
    },
    processing: () => back(() => payout.processing()),
    paid(options) {
      final('paid', options);
      return back(() => payout.paid(options));
    },
    returned(options) {
      final('returned', options);
      return back(() => payout.returned(options));
    },
    failed(reason, options) {
      read('failed', { reason }, { reason: optional(oneOf(reasonCodes)) });
      final('failed', options);
      return back(() => payout.failed(reason, options));
    },
    rejected: ending('rejected'),
    expired: ending('expired'),
    hold(reason, note) {
      read('hold', { reason, note }, { reason: oneOf(heldReasons), note: optional(aLine) });
      return back(() => payout.hold(reason, note));
    },
    release(by) {
      read('release', { by }, { by: optional(text(1, 128)) });
      return back(() => payout.release(by));
    },
    close: () => back(() => payout.close()),
    terminate: () => back(() => payout.terminate()),
  };
  return driver;
}

export function assertAdvance(ms: unknown): void {
  assertArguments('advance', { ms }, { ms: wholeNumber(0, Number.MAX_SAFE_INTEGER) });
}
