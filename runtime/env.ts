import * as z from 'zod';
import { ConfigurationError } from '../domain/errors.ts';

/** Every variable that a function may have. The template sets them; a contract test ties the two together. */
const variables = {
  TABLE_NAME: z.string().min(1),
  ARTIFACT_BUCKET: z.string().min(1),
  /** ARNs of the other Regions' buckets, separated by commas; empty where there is one Region only. */
  REGIONAL_ARTIFACT_BUCKETS: z.string(),
  UPLOAD_BUCKET: z.string().min(1),
  WAIT_KEY_ARN: z.string().min(1),
  BUS_NAME: z.string().min(1),
  MAIL_TOPIC_ARN: z.string().min(1),
  NOTICE_TOPIC_ARN: z.string().min(1),
  NOTICE_QUEUE_URL: z.url(),
  /** Name of the secret; it is needed only where Slack is registered. */
  SLACK_SECRET_ID: z.string().min(1),
  ANSWER_SLACK_FUNCTION: z.string().min(1),
  EXAMINE_TARGETS_FUNCTION: z.string().min(1),
  /** Where the approval page is reached, without a slash at the end. */
  DOOR_URL: z.url(),
  DEPLOY_RELEASE_MACHINE_ARN: z.string().min(1),
  DEPLOY_ENVIRONMENT_MACHINE_ARN: z.string().min(1),
  START_RELEASE_FUNCTION: z.string().min(1),
  LOOK_FOR_STACKS_FUNCTION: z.string().min(1),
  REMOVE_SHELL_FUNCTION: z.string().min(1),
  SWEEP_FUNCTION: z.string().min(1),
  TEST_ADDRESSES: z.enum(['public', 'any']),
  BUILD_PROJECT_PREFIX: z.string().min(1),
  /** Set by Lambda itself. */
  AWS_REGION: z.string().min(1),
} as const;

export type Variable = keyof typeof variables;

/** Reads the variables named, or says in one message everything that is missing or wrong. Called when it is needed, never on import. */
export function env<Name extends Variable>(...names: readonly Name[]): Readonly<Record<Name, string>> {
  const wrong = names.filter((name) => !variables[name].safeParse(process.env[name]).success);
  if (wrong.length > 0) {
    throw new ConfigurationError(`Reading the environment: ${wrong.join(', ')} missing or not valid. Deploy the control plane's template again.`);
  }
  return Object.fromEntries(names.map((name) => [name, process.env[name]])) as Record<Name, string>;
}
