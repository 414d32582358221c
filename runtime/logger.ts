import { Logger } from '@aws-lambda-powertools/logger';

/** One logger a function. Events are never logged: task tokens pass through them. */
export const logger = new Logger({ serviceName: 'drawbridge' });
