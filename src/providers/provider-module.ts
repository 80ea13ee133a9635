import type { ZodType } from 'zod';
import type { Secret } from '../observability/secret';
import type { AccountSettings } from './account-settings';
import type { PayoutProvider, ProviderAccountBasics, ProviderPorts } from './provider';

/**
 * What each provider folder exports as its one entry (`pontisModule`, `payfieldModule`, `syncgramModule`): how its
 * accounts are configured, and how an adapter is made of one. The registry is a list of these.
 */
export type ProviderModule<Settings> = {
  readonly provider: string;
  /** The provider's own keys of an account's `settings` in the configuration file (strict: unknown keys are refused). */
  readonly settings: ZodType<Settings>;
  readonly credentials: readonly CredentialName[];
  /**
   * The settings that decide where the money goes (a shop, a sub-account). They are part of the account's fingerprint: a
   * payout that is under way is held when they change. Settings that only tune how the adapter works are left out.
   */
  scope(settings: Settings): Readonly<Record<string, string>>;
  create(account: ProviderAccount<Settings>, ports: ProviderPorts): PayoutProvider;
};

/** Each credential is given in the configuration as `{ "env": NAME }` or `{ "file": PATH }`, never inline. */
export type CredentialName = {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
  /** Why a value cannot be used (wrong length, not base64url), or undefined. Never quotes the value. */
  readonly problem?: (value: string) => string | undefined;
};

/** One configured account with its credentials read. */
export type ProviderAccount<Settings> = ProviderAccountBasics & {
  readonly settings: Settings;
  readonly common: AccountSettings;
  readonly credentials: Readonly<Record<string, Secret>>;
};
