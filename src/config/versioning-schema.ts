import { z } from 'zod';
import type { ConfigurationProblem } from './configuration-problem';
import type { Environment } from './environment';

/**
 * Which version of the code a worker is to Temporal (docs/versions.md). Off without a deployment name. The variables are the
 * names that Temporal's own documents and its worker controller use; they serve where the file says nothing.
 */

/** Temporal joins the two with a colon, and older servers with a full stop. */
const deploymentNameForm =
  'must be 1 to 60 letters, digits and _-/, and begin with a letter or digit: no colon and no full stop';
const buildIdForm = 'must be 1 to 60 letters, digits and ._-, and begin with a letter or digit';
const forms = {
  deploymentName: { pattern: /^[A-Za-z0-9][A-Za-z0-9_/-]{0,59}$/, form: deploymentNameForm },
  buildId: { pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/, form: buildIdForm },
} as const;

const textOf = ({ pattern, form }: (typeof forms)[keyof typeof forms]) =>
  z.string().regex(pattern, { error: form }).optional();

export const versioningSchema = z.strictObject({
  deploymentName: textOf(forms.deploymentName),
  buildId: textOf(forms.buildId),
});
export type VersioningSettings = z.infer<typeof versioningSchema>;

const variables = {
  deploymentName: 'TEMPORAL_DEPLOYMENT_NAME',
  buildId: 'TEMPORAL_WORKER_BUILD_ID',
} as const;

/** What was given beside the file, by the names it was given under: options of the command line before variables. */
export function versioningOf(
  inFile: VersioningSettings,
  given: { readonly [What in keyof VersioningSettings]?: string | undefined },
  environment: Environment,
): { readonly versioning: VersioningSettings; readonly problems: readonly ConfigurationProblem[] } {
  const problems: ConfigurationProblem[] = [];
  const settingOf = (what: keyof typeof variables): string | undefined => {
    const sources = [
      [`--${what === 'buildId' ? 'build-id' : 'deployment-name'}`, given[what]],
      ['', inFile[what]],
      [variables[what], environment[variables[what]]],
    ] as const;
    const [path, value] = sources.find(([, text]) => text !== undefined && text !== '') ?? [];
    if (path && value !== undefined && !forms[what].pattern.test(value))
      problems.push({ path, message: forms[what].form });
    return value;
  };
  const deploymentName = settingOf('deploymentName');
  const buildId = settingOf('buildId');
  return {
    versioning: {
      ...(deploymentName === undefined ? {} : { deploymentName }),
      ...(buildId === undefined ? {} : { buildId }),
    },
    problems,
  };
}
