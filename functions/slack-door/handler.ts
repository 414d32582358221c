import { handOver } from '../../aws/invoke.ts';
import { takeOnce } from '../../aws/links.ts';
import { readSlackSecret } from '../../aws/secrets.ts';
import { env } from '../../runtime/env.ts';
import { http } from '../../runtime/http.ts';
import { door, type Uses } from './door.ts';

function real(): Uses {
  const { TABLE_NAME, SLACK_SECRET_ID, ANSWER_SLACK_FUNCTION } = env('TABLE_NAME', 'SLACK_SECRET_ID', 'ANSWER_SLACK_FUNCTION');
  return {
    secret: () => readSlackSecret(SLACK_SECRET_ID),
    takeOnce: (signature) => takeOnce(TABLE_NAME, signature, new Date()),
    handOver: (interaction) => handOver(ANSWER_SLACK_FUNCTION, interaction),
    now: () => new Date(),
  };
}

export const handler = http({ name: 'slack-door', application: () => door(real()) });
