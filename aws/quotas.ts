import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListServiceQuotasCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { calling } from './errors.ts';
import { once } from './once.ts';
import { pages } from './pages.ts';

/** Somebody waits for the answer, and a number that is not told is no fault. */
const impatient = { maxAttempts: 2 } as const;
const quotas = once(() => new ServiceQuotasClient(impatient));
const lambda = once(() => new LambdaClient(impatient));

/** What the account may have of a service, by name. The codes of CodeBuild's quotas are not in its guide, their names are. */
export async function serviceQuotas(service: string): Promise<{ readonly name: string; readonly value: number }[]> {
  const found: { name: string; value: number }[] = [];
  const list = (NextToken: string | undefined) => calling(`reading the quotas of ${service}`, () => quotas().send(new ListServiceQuotasCommand({ ServiceCode: service, MaxResults: 100, NextToken })));
  for await (const { Quotas = [] } of pages(list, ({ NextToken }) => NextToken)) found.push(...Quotas.flatMap(({ QuotaName: name, Value: value }) => (name === undefined || value === undefined ? [] : [{ name, value }])));
  return found;
}

/** How many functions the account runs at once, and how many of them are not reserved for others. */
export async function functionConcurrency(): Promise<{ readonly limit: number; readonly unreserved: number }> {
  const { AccountLimit } = await calling('reading the limits of Lambda', () => lambda().send(new GetAccountSettingsCommand({})));
  const limit = AccountLimit?.ConcurrentExecutions;
  if (limit === undefined) throw new Error('reading the limits of Lambda: it told none');
  return { limit, unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? limit };
}
