import middy from '@middy/core';
import type { APIGatewayProxyEventV2WithIAMAuthorizer, Context } from 'aws-lambda';
import { logger } from './logger.ts';

interface HttpOptions<Event, Answer> {
  readonly name: string;
  readonly answer: (event: Event, context: Context) => Promise<Answer>;
}

/**
 * The frame round a function behind the HTTP API. What the API itself knows of the caller is put into
 * headers of our own; a header of that name from outside is thrown away first.
 */
export function http<Event, Answer>({ name, answer }: HttpOptions<Event, Answer>) {
  return middy<APIGatewayProxyEventV2WithIAMAuthorizer, Answer, Error, Context>()
    .before(({ event, context }) => {
      logger.resetKeys();
      logger.addContext(context);
      logger.appendKeys({ task: name });
      const own = { 'x-source-ip': event.requestContext.http.sourceIp, 'x-caller-arn': callerOf(event) };
      const outside = Object.entries(event.headers).filter(([header]) => !(header.toLowerCase() in own));
      event.headers = { ...Object.fromEntries(outside), ...own };
    })
    .handler(async (event, context) => await answer(event as Event, context));
}

/** Only a route with IAM authorization has one. */
function callerOf({ requestContext }: APIGatewayProxyEventV2WithIAMAuthorizer): string {
  const authorizer: { iam?: { userArn?: string } } | undefined = requestContext.authorizer;
  return authorizer?.iam?.userArn ?? '';
}
