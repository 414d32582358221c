import { fileURLToPath } from 'node:url';
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Architecture, Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';

/** Takes notes and shows them. The table is the other stack's, so that one is deployed first. */
export class ApiStack extends Stack {
  constructor(scope, id, { stage, table, ...props }) {
    super(scope, id, props);
    const notes = new Function(this, 'Notes', {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'notes.handler',
      code: Code.fromAsset(fileURLToPath(new URL('../src', import.meta.url))),
      timeout: Duration.seconds(10),
      environment: { STAGE: stage, TABLE_NAME: table.tableName },
    });
    table.grant(notes, 'dynamodb:GetItem', 'dynamodb:PutItem');
    const api = new HttpApi(this, 'Api', { apiName: this.stackName });
    const integration = new HttpLambdaIntegration('Notes', notes);
    api.addRoutes({ path: '/notes', methods: [HttpMethod.POST], integration });
    api.addRoutes({ path: '/notes/{id}', methods: [HttpMethod.GET], integration });
    new CfnOutput(this, 'Url', { value: api.apiEndpoint });
  }
}
