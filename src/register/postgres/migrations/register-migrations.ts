import type { Migration } from 'kysely';
import * as intentsAndAttempts from './0001-intents-and-attempts';

/**
 * Every step of the schema, in order; the number in front of a name is the version that the step leads to. Steps are only
 * added. Each one leaves a schema with which the program of one step before goes on working ("expand"): a column, table or
 * constraint that such a program needs goes one step after the last program that used it ("contract").
 */
export const registerMigrations: Readonly<Record<string, Migration>> = {
  '0001-intents-and-attempts': intentsAndAttempts,
};

/** Of a step's name. */
export const versionOf = (name: string): number => Number(/^(\d{4})-/.exec(name)?.[1] ?? 'NaN');

export const newestVersion = (migrations: Readonly<Record<string, Migration>>): number =>
  Math.max(...Object.keys(migrations).map(versionOf));
