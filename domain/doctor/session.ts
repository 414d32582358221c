/** Where the doctor's test object lies. No application's name begins with a dot, so no artifact is ever there. */
export const canaryKey = 'sealed/.doctor/canary';
export const canaryText = 'Drawbridge writes this once, to see whether target accounts can read it.\n';

/** The doctor's session reads one object and some numbers, and sends a test event. What else the plan role may do is none of its business. */
export function doctorPolicy(bucket: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/${canaryKey}` },
      { Effect: 'Allow', Action: 'events:PutEvents', Resource: 'arn:aws:events:*:*:event-bus/default' },
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'cloudformation:DescribeAccountLimits', 'cloudformation:ListStacks', 'cloudtrail:DescribeTrails', 'cloudtrail:GetTrailStatus', 'config:DescribeConfigurationRecorderStatus'],
        Resource: '*',
      },
    ],
  });
}
