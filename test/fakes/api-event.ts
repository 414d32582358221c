import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { Hono } from 'hono';
import { http } from '../../runtime/http.ts';

interface Call {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Who IAM says the caller is. */
  readonly caller?: string;
}

/** Calls a handler as the API does: a body is handed over in base64, whatever it is. */
export async function callHandler(handler: ReturnType<typeof http>, { method = 'POST', path, query = '', headers = {}, body, caller }: Call): Promise<APIGatewayProxyStructuredResultV2> {
  const coded = body === undefined ? {} : { body: Buffer.from(body).toString('base64') };
  const authorizer = caller === undefined ? {} : { authorizer: { iam: { userArn: caller } } };
  const event = { rawPath: path, rawQueryString: query, headers, isBase64Encoded: body !== undefined, requestContext: { http: { method, sourceIp: '192.0.2.1' }, ...authorizer }, ...coded };
  return await handler(event as unknown as APIGatewayProxyEventV2WithIAMAuthorizer, { getRemainingTimeInMillis: () => 30_000 } as Context);
}

export const throughTheApi = (application: Hono, call: Call): Promise<APIGatewayProxyStructuredResultV2> => callHandler(http({ name: 'door', application: () => application }), call);
