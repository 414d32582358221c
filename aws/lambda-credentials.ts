/**
 * Where a function's own credentials come from: Lambda puts them into the environment and nowhere else. The bundler
 * puts this in the place of the SDK's whole chain of providers (profiles, SSO, containers), a hundred kilobytes that
 * never run there.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
