import { personId } from '../person';
import type { ApprovalLevel, PolicyDocument, PolicyPerson } from './policy-document';

/** The id of whoever has this account. Somebody whom the policy does not know is themselves. */
export function personOf(people: readonly PolicyPerson[], account: string): string {
  const name = personId(account);
  const owner = people.find(
    ({ id, accounts = [] }) => personId(id) === name || accounts.some((one) => personId(one) === name),
  );
  return owner === undefined ? name : personId(owner.id);
}

/** Whose each account is, both as `personId` writes them, where it is not the person's id itself. */
export const accountsOf = (
  people: readonly PolicyPerson[],
  isWanted: (person: string) => boolean = () => true,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    people.flatMap(({ id, accounts = [] }) =>
      accounts
        .map((account) => [personId(account), personId(id)] as const)
        .filter(([account, person]) => isWanted(person) && account !== person),
    ),
  );

/** The people of a role, each once; empty for a role that there is not. */
export function peopleOfRole({ roles }: Pick<PolicyDocument, 'roles'>, role: string): readonly string[] {
  return Object.hasOwn(roles, role) ? [...new Set((roles[role] ?? []).map(personId))] : [];
}

/** Places to fill at one level: `quorum` of them, by these people. */
export type LevelSeats = { readonly quorum: number; readonly people: readonly string[] };

/** Who could fill a level. Whoever asked for the payout never counts. */
export function seatsOf(
  document: PolicyDocument,
  { role, quorum, escalateTo }: ApprovalLevel,
  options: { readonly requester?: string | undefined; readonly escalated: boolean },
): LevelSeats {
  const people = new Set(peopleOfRole(document, role));
  if (options.escalated && escalateTo !== undefined) {
    for (const person of peopleOfRole(document, escalateTo)) people.add(person);
  }
  if (options.requester !== undefined) people.delete(options.requester);
  return { quorum, people: [...people] };
}

/** How many places can be filled at once when everybody fills one place at most (a greatest matching). */
export function fillableSeats(levels: readonly LevelSeats[]): number {
  const seats = levels.flatMap(({ quorum, people }) => Array.from({ length: quorum }, () => people));
  const seatOf = new Map<string, number>();
  const place = (seat: number, tried: Set<string>): boolean =>
    (seats[seat] ?? []).some((person) => {
      if (tried.has(person)) return false;
      tried.add(person);
      const taken = seatOf.get(person);
      if (taken !== undefined && !place(taken, tried)) return false;
      seatOf.set(person, seat);
      return true;
    });
  return seats.filter((_, seat) => place(seat, new Set())).length;
}

/** Whether different people could fill every level. */
export const canBeFilled = (levels: readonly LevelSeats[]): boolean =>
  fillableSeats(levels) === levels.reduce((sum, { quorum }) => sum + quorum, 0);
