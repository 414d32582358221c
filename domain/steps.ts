import type { PlannedStep } from '../contracts/plan.ts';
import type { Artifact, Release, SealedFolder, Target } from '../contracts/release.ts';
import type { DeclaredStep } from '../contracts/steps.ts';
import { canonical, sha256 } from './digest.ts';
import { ConfigurationError, InvalidInputError } from './errors.ts';
import { filled, type Outputs, unknownIn } from './outputs.ts';

/** Every text of a step in which outputs may stand. */
export function textsOf(step: DeclaredStep): string[] {
  return step.kind === 'publish' ? [step.bucket, ...(step.invalidate === undefined ? [] : [step.invalidate])] : Object.values(step.values);
}

/** The step with each of these texts turned into another. */
export function mapTexts<Step extends DeclaredStep>(step: Step, to: (text: string) => string): Step {
  if (step.kind === 'publish') return { ...step, bucket: to(step.bucket), ...(step.invalidate === undefined ? {} : { invalidate: to(step.invalidate) }) };
  return { ...step, values: Object.fromEntries(Object.entries(step.values).map(([path, value]) => [path, to(value)])) };
}

/** The sealed folder that a step publishes. */
export function folderOf(release: Pick<Release, 'id' | 'artifact'>, folder: string): SealedFolder {
  const found = release.artifact?.folders?.find((it) => it.folder === folder);
  if (found === undefined) throw new ConfigurationError(`Looking for the folder ${folder} in the artifact of ${release.id}: it is not there. Retry the release, which builds it again.`);
  return found;
}

/** Values as they are, outputs that are not known yet as they are named. */
export function stepDigest(release: Pick<Release, 'id' | 'artifact'>, step: DeclaredStep, outputs: Outputs): string {
  const content = step.kind === 'publish' ? folderOf(release, step.folder).sha256 : undefined;
  return sha256(canonical({ ...mapTexts(step, (text) => filled(text, outputs)), content }));
}

/** A value for a person, or what will tell it. */
function shown(text: string, outputs: Outputs): string {
  const unknown = unknownIn(text, outputs);
  return unknown.length === 0 ? filled(text, outputs) : `that the output ${unknown.join(' and ')} will name (known after the deployment)`;
}

const files = (number: number) => `${String(number)} ${number === 1 ? 'file' : 'files'}`;

function sentence(release: Pick<Release, 'id' | 'artifact'>, step: DeclaredStep, outputs: Outputs): string {
  if (step.kind === 'parameters') {
    const written = Object.entries(step.values).map(([path, value]) => (unknownIn(value, outputs).length === 0 ? `${path} (${filled(value, outputs)})` : `${path} (its value is known after the deployment)`));
    return `Writes the ${written.length === 1 ? 'parameter' : 'parameters'} ${written.join(', ')}.`;
  }
  const { folder, bucket, prefix, invalidate } = step;
  return [
    `Publishes ${files(folderOf(release, folder).files)} of ${folder} into the bucket ${shown(bucket, outputs)}`,
    ...(prefix === '' ? [] : [` below ${prefix}`]),
    ...(step.delete ? [', deletes every other file there'] : []),
    ...(invalidate === undefined ? [] : [`, and invalidates the distribution ${shown(invalidate, outputs)}`]),
    '.',
  ].join('');
}

interface Where {
  readonly release: Pick<Release, 'id'> & { readonly artifact?: Artifact | undefined };
  readonly target: Pick<Target, 'steps'>;
  /** As the stack has them now. */
  readonly outputs: Outputs;
  /** Digests of what was done here last. */
  readonly done: readonly string[];
}

/** What the steps of a target would do after its stack. */
export function plannedSteps({ release, target: { steps = [] }, outputs, done }: Where): PlannedStep[] {
  return steps.map((step) => {
    const digest = stepDigest(release, step, outputs);
    const kind = step.kind === 'parameters' ? 'writes-parameters' : step.delete ? 'deletes' : 'publishes';
    return { digest, kind, done: done.includes(digest), text: sentence(release, step, outputs) };
  });
}

/** The step with its values. @throws InvalidInputError naming an output that the stack does not have */
export function knownStep<Step extends DeclaredStep>(step: Step, outputs: Outputs, stackName: string): Step {
  const [missing] = textsOf(step).flatMap((text) => unknownIn(text, outputs));
  if (missing !== undefined) throw new InvalidInputError(`the stack ${stackName} has no output ${missing}. Correct the name in drawbridge.yaml, or add the output`);
  const known = mapTexts(step, (text) => filled(text, outputs));
  if (known.kind === 'publish') {
    // These become resources of a policy, where a star would mean others too.
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(known.bucket)) throw new InvalidInputError(`"${known.bucket}" is not the name of a bucket. Name an output that is one`);
    if (known.invalidate !== undefined && !/^[A-Z0-9]{1,64}$/.test(known.invalidate)) throw new InvalidInputError(`"${known.invalidate}" is not the id of a distribution. Name an output that is one`);
  }
  return known;
}

/** A step in a few words. */
export const nameOf = (step: DeclaredStep): string => (step.kind === 'publish' ? `publish ${step.folder} into ${step.bucket}` : `write ${Object.keys(step.values).join(', ')}`);

/** What is said of a target whose stack is deployed and whose steps are not. */
export function brokenOff(steps: readonly DeclaredStep[], at: number, { stackName, release, why }: { stackName: string; release: string; why: string }): string {
  const step = steps[at];
  const before = at === 0 ? 'No step was done before it' : `Done before it: ${steps.slice(0, at).map(nameOf).join('; ')}`;
  const left = at + 1 < steps.length ? `; not begun: ${steps.slice(at + 1).map(nameOf).join('; ')}` : '';
  return `The stack ${stackName} is deployed, but step ${String(at + 1)} of ${String(steps.length)} (${step === undefined ? '' : nameOf(step)}) failed: ${why.replace(/\.$/, '')}. ${before}${left}. Steps are safe to repeat: mend it, then drawbridge retry ${release} goes on with them.`;
}
