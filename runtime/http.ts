import middy from '@middy/core';
import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { logger } from './logger.ts';

/** An application that speaks the web's own Request and Response. */
interface Application {
  fetch(request: Request): Response | Promise<Response>;
}

interface HttpOptions {
  readonly name: string;
  /** Made in each call, so that nothing happens on import. */
  readonly application: () => Application;
}

type Event = APIGatewayProxyEventV2WithIAMAuthorizer;

/** A route without authorization has no authorizer, whatever the type says. */
interface RouteContext {
  readonly authorizer?: { readonly iam?: { readonly userArn?: string } };
}

/** The frame round a function behind the HTTP API (payload format 2.0). */
export function http({ name, application }: HttpOptions) {
  return middy<Event, APIGatewayProxyStructuredResultV2>()
    .before(({ context }) => {
      logger.resetKeys();
      logger.addContext(context);
      logger.appendKeys({ task: name });
    })
    .handler(async (event) => await answerOf(await application().fetch(requestOf(event))));
}

/** Others no header can hold; a stranger who sends them is no fault of ours. */
const sendable = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * What the API itself knows of the caller is put into headers of our own; a header of that name from outside is
 * overwritten. The host is not believed, for nothing depends on it.
 */
function requestOf(event: Event): Request {
  const { method, sourceIp } = event.requestContext.http;
  const headers = new Headers(Object.entries(event.headers).flatMap(([header, value]): [string, string][] => (value === undefined || !sendable.test(value) ? [] : [[header, value]])));
  headers.set('x-source-ip', sourceIp);
  headers.set('x-caller-arn', callerOf(event));
  const query = event.rawQueryString === '' ? '' : `?${event.rawQueryString}`;
  const body = event.body === undefined || method === 'GET' || method === 'HEAD' ? null : Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8');
  return new Request(`https://door${event.rawPath}${query}`, { method, headers, body });
}

async function answerOf(response: Response): Promise<APIGatewayProxyStructuredResultV2> {
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

/** Only a route with IAM authorization has one. */
function callerOf({ requestContext }: Event): string {
  return (requestContext as RouteContext).authorizer?.iam?.userArn ?? '';
}
