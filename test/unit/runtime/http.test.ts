import type { APIGatewayProxyEventV2WithIAMAuthorizer, Context } from 'aws-lambda';
import { expect, it } from 'vitest';
import { http } from '../../../runtime/http.ts';

const echo = http({
  name: 'echo',
  application: () => ({
    fetch: async (request) => Response.json({ method: request.method, url: request.url, caller: request.headers.get('x-caller-arn'), from: request.headers.get('x-source-ip'), body: await request.text() }, { status: 418 }),
  }),
});

async function ask({ method = 'GET', userArn, ...fields }: { method?: string; userArn?: string } & Partial<Pick<APIGatewayProxyEventV2WithIAMAuthorizer, 'headers' | 'rawQueryString' | 'body' | 'isBase64Encoded'>>) {
  const authorizer = userArn === undefined ? {} : { authorizer: { iam: { userArn } } };
  const event = { rawPath: '/a', rawQueryString: '', headers: {}, isBase64Encoded: false, requestContext: { http: { method, sourceIp: '192.0.2.1' }, ...authorizer }, ...fields };
  const answer = await echo(event as unknown as APIGatewayProxyEventV2WithIAMAuthorizer, { getRemainingTimeInMillis: () => 30_000 } as Context);
  return { ...answer, body: JSON.parse(answer.body ?? '{}') as Record<string, string> };
}

it('what a request says of its caller is overwritten with what the API knows', async () => {
  const headers = { 'X-Caller-Arn': 'arn:aws:iam::111111111111:user/alex', 'x-source-ip': '127.0.0.1' };
  expect((await ask({ headers })).body).toMatchObject({ caller: '', from: '192.0.2.1' });
  expect((await ask({ headers, userArn: 'arn:aws:iam::111111111111:user/kim' })).body).toMatchObject({ caller: 'arn:aws:iam::111111111111:user/kim' });
});

it('the host that a request names is not believed', async () => {
  expect((await ask({ headers: { host: 'evil.example' }, rawQueryString: 'a=1' })).body).toMatchObject({ url: 'https://door/a?a=1' });
});

it('a body arrives as it was sent, in either coding, and an answer keeps its status', async () => {
  expect((await ask({ method: 'POST', body: 'yes=1' })).body).toMatchObject({ body: 'yes=1' });
  const coded = await ask({ method: 'POST', body: Buffer.from('tea ☕').toString('base64'), isBase64Encoded: true });
  expect(coded.body).toMatchObject({ body: 'tea ☕' });
  expect(coded.statusCode).toBe(418);
  expect(coded.headers).toMatchObject({ 'content-type': 'application/json' });
});
