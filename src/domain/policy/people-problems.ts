import { personId } from '../person';
import { policyEntries } from './policy-document';
import type { ApprovalLevel, PolicyDocument, PolicyEntry } from './policy-document';
import { canBeFilled, fillableSeats, peopleOfRole, personOf, seatsOf } from './policy-people';
import type { PolicyProblem } from './policy-problem';
import { durationInWords, listInWords } from './policy-words';

/** What is wrong with people, roles and levels: whether what the rules ask for can be given by anybody. */
export function peopleProblems(document: PolicyDocument): readonly PolicyProblem[] {
  return [
    ...accountProblems(document),
    ...roleProblems(document),
    ...nameProblems(document),
    ...policyEntries(document).flatMap((entry) => outcomeProblems(document, entry)),
  ];
}

function accountProblems({ people }: PolicyDocument): readonly PolicyProblem[] {
  const owners = new Map<string, string>();
  const problems: PolicyProblem[] = [];
  for (const [index, { id, accounts = [] }] of people.entries()) {
    const person = personId(id);
    const claims = [
      { account: person, path: ['people', index, 'id'] },
      ...accounts.map((account, at) => ({
        account: personId(account),
        path: ['people', index, 'accounts', at],
      })),
    ];
    for (const [at, { account, path }] of claims.entries()) {
      const owner = owners.get(account);
      if (account === '') problems.push(error('unknown-name', path, 'is empty'));
      else if (owner !== undefined && owner !== person) {
        problems.push(error('account-claimed-twice', path, `${account} belongs to ${owner} already`));
      } else if (owner !== undefined && at === 0) {
        problems.push(error('unknown-name', path, `${person} stands on the list twice`));
      }
      owners.set(account, owner ?? person);
    }
  }
  return problems;
}

function roleProblems({ people, roles }: PolicyDocument): readonly PolicyProblem[] {
  const known = new Set(people.map(({ id }) => personId(id)));
  return Object.entries(roles).flatMap(([role, members]) =>
    members.flatMap((member, index) => {
      const path = ['roles', role, index];
      const person = personId(member);
      if (!known.has(person)) {
        const owner = personOf(people, member);
        return owner === person
          ? [error('unknown-name', path, `nobody among the people has the id ${person}`)]
          : [error('unknown-name', path, `${person} is an account of ${owner}: write the person's id`)];
      }
      return members.slice(0, index).some((earlier) => personId(earlier) === person)
        ? [error('unknown-name', path, `${person} stands in this role twice`)]
        : [];
    }),
  );
}

/** Decisions and explanations name rules, so within what one tenant is asked a name means one rule. */
function nameProblems(document: PolicyDocument): readonly PolicyProblem[] {
  const seen: { readonly name: string; readonly tenant: string | undefined }[] = [];
  return policyEntries(document).flatMap(({ rule, tenant, path }) => {
    if (rule === undefined) return [];
    const twice = seen.some(
      (other) =>
        other.name === rule.name &&
        (other.tenant === tenant || other.tenant === undefined || tenant === undefined),
    );
    seen.push({ name: rule.name, tenant });
    return twice
      ? [error('unknown-name', [...path, 'name'], `another rule is called “${rule.name}” already`)]
      : [];
  });
}

function outcomeProblems(document: PolicyDocument, entry: PolicyEntry): readonly PolicyProblem[] {
  const { outcome, rule } = entry;
  const path = rule === undefined ? entry.path : [...entry.path, 'then'];
  if (outcome.kind === 'auto-approve' && rule === undefined) {
    return [
      {
        path,
        kind: 'permissive-default',
        severity: 'warning',
        message: 'whatever no rule speaks of is paid without anybody being asked',
      },
    ];
  }
  if (outcome.kind !== 'approve') return [];
  if (outcome.levels.length === 0) {
    return [
      error('quorum-too-large', [...path, 'levels'], 'is empty: write "auto-approve" where nobody is asked'),
    ];
  }
  const problems = outcome.levels.flatMap((level, index) =>
    levelProblems(document, level, [...path, 'levels', index]),
  );
  // Names that are not there, and levels that cannot be filled, would be reported a second time as a chain.
  return problems.some(({ severity }) => severity === 'error')
    ? problems
    : [...problems, ...chainProblems(document, entry, outcome.levels, [...path, 'levels'])];
}

function levelProblems(
  document: PolicyDocument,
  level: ApprovalLevel,
  path: readonly (string | number)[],
): readonly PolicyProblem[] {
  const { role, quorum, deadlineMs, reminderAfterMs, escalateAfterMs, escalateTo } = level;
  const problems: PolicyProblem[] = [];
  const report = (kind: PolicyProblem['kind'], key: string, message: string): void => {
    problems.push(error(kind, [...path, key], message));
  };
  if (!Object.hasOwn(document.roles, role)) {
    report('unknown-name', 'role', `there is no role ${role}`);
  } else if (!canBeFilled([seatsOf(document, level, { escalated: true })])) {
    const people = peopleOfRole(document, role).length;
    report('quorum-too-large', 'quorum', `asks for ${quorum} people, but ${role} has ${people}`);
  } else if (!canBeFilled([seatsOf(document, level, { escalated: false })])) {
    const people = peopleOfRole(document, role).length;
    problems.push({
      kind: 'quorum-too-large',
      severity: 'warning',
      path: [...path, 'quorum'],
      message: `asks for ${quorum} people, but ${role} has ${people}: it waits for the escalation every time`,
    });
  }
  if (quorum < 1) report('quorum-too-large', 'quorum', 'is less than 1');
  if (escalateTo !== undefined) {
    if (!Object.hasOwn(document.roles, escalateTo)) {
      report('unknown-name', 'escalateTo', `there is no role ${escalateTo}`);
    } else if (peopleOfRole(document, escalateTo).length === 0) {
      report('quorum-too-large', 'escalateTo', `nobody has the role ${escalateTo}`);
    } else if (escalateTo === role) {
      report('deadline-impossible', 'escalateTo', 'is the role that is asked anyway');
    }
    if (escalateAfterMs === undefined) {
      report('deadline-impossible', 'escalateTo', 'needs escalateAfterMs, which says when');
    }
  } else if (escalateAfterMs !== undefined) {
    report('deadline-impossible', 'escalateAfterMs', 'needs escalateTo, which says to whom');
  }
  const late = (key: string, afterMs: number | undefined, what: string): void => {
    if (afterMs === undefined || afterMs < deadlineMs) return;
    report(
      'deadline-impossible',
      key,
      `${what} after ${durationInWords(afterMs)}, but the deadline is after ${durationInWords(deadlineMs)}`,
    );
  };
  late('reminderAfterMs', reminderAfterMs, 'reminds');
  late('escalateAfterMs', escalateAfterMs, 'escalates');
  return problems;
}

/** Levels together: a person counts once in a payout, and whoever asked for it does not count. */
function chainProblems(
  document: PolicyDocument,
  { rule }: PolicyEntry,
  levels: readonly ApprovalLevel[],
  path: readonly (string | number)[],
): readonly PolicyProblem[] {
  const seats = (requester?: string) =>
    levels.map((level) => seatsOf(document, level, { requester, escalated: true }));
  const needed = levels.reduce((sum, { quorum }) => sum + quorum, 0);
  if (!canBeFilled(seats())) {
    return [
      error(
        'quorum-too-large',
        path,
        `asks for ${needed} different people in all, but the roles have only ${fillableSeats(seats())} between them (a person counts once in a payout)`,
      ),
    ];
  }
  const warn = (message: string, at = path): PolicyProblem => ({
    kind: 'quorum-too-large',
    severity: 'warning',
    path: at,
    message,
  });
  const everybody = [...new Set(seats().flatMap(({ people }) => people))];
  const mayAsk = rule?.when.requesters?.map((name) => personOf(document.people, name));
  const stuck = everybody.filter(
    (person) => (mayAsk === undefined || mayAsk.includes(person)) && !canBeFilled(seats(person)),
  );
  const shortages = levels.flatMap((level, index) => {
    const { people } = seatsOf(document, level, { escalated: true });
    const used = fillableSeats(
      seats()
        .slice(0, index)
        .map((earlier) => ({ ...earlier, people: earlier.people.filter((one) => people.includes(one)) })),
    );
    return used > 0 && people.length - used < level.quorum
      ? [
          warn(
            `${level.role} may have nobody left: its people may have decided at an earlier level, and a person counts once in a payout`,
            [...path, index, 'role'],
          ),
        ]
      : [];
  });
  return [
    ...(stuck.length === 0
      ? []
      : [warn(`cannot be completed when ${listInWords(stuck, 'or')} asks for the payout`)]),
    ...shortages,
  ];
}

const error = (
  kind: PolicyProblem['kind'],
  path: readonly (string | number)[],
  message: string,
): PolicyProblem => ({ kind, severity: 'error', path, message });
