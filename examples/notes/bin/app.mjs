import { App } from 'aws-cdk-lib';
import { ApiStack } from '../lib/api-stack.mjs';
import { DataStack } from '../lib/data-stack.mjs';

const app = new App();
// Drawbridge synthesizes once for each environment, and says which.
const environment = app.node.tryGetContext('environment') ?? 'dev';

const data = new DataStack(app, 'Data', { stackName: `notes-data-${environment}` });
new ApiStack(app, 'Api', { stackName: `notes-api-${environment}`, stage: environment, table: data.table });
