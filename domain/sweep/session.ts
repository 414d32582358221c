/** The sweep's session reads stacks. What else the plan role may do is none of its business. */
export const sweepPolicy = (account: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'cloudformation:ListStacks', Resource: '*' },
      { Effect: 'Allow', Action: ['cloudformation:DescribeStacks', 'cloudformation:ListStackResources', 'cloudformation:ListChangeSets', 'cloudformation:DescribeChangeSet'], Resource: `arn:aws:cloudformation:*:${account}:stack/*` },
    ],
  });
