/** One thing about a payee: where in the request, and what was expected there. Never holds the value itself. */
export type PayeeFinding = { readonly path: string; readonly message: string };

/** What a rule says about one field. `refused`: it cannot exist. `doubtful`: no published rule forbids it. */
export type FieldFinding<Field extends string = string> = {
  readonly field: Field;
  readonly severity: 'refused' | 'doubtful';
  readonly message: string;
};
