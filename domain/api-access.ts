import { canonical } from './digest.ts';

type Mapping = Readonly<Record<string, unknown>>;
const isMapping = (value: unknown): value is Mapping => typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (value: unknown, ...path: readonly string[]): unknown => path.reduce<unknown>((found, key) => (isMapping(found) ? found[key] : undefined), value);

const apis = new Set(['AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api']);
/** An API whose text says who may call what. */
export const isApi = (type: string): boolean => apis.has(type);
/** A browser asks by this before it sends anything, and has nothing to show yet. */
const isPreflight = (method: string) => method === 'options';
const nothing = canonical([null, null]);

/** Who may call what, as an API's text says it: by method and path. */
function callers(body: Mapping): Map<string, string> {
  const paths = Object.entries(isMapping(body['paths']) ? body['paths'] : {});
  return new Map(
    paths.flatMap(([path, methods]) =>
      Object.entries(isMapping(methods) ? methods : {})
        .filter(([method]) => !isPreflight(method))
        .map(([method, it]): [string, string] => [`${method} ${path}`, canonical([at(it, 'security') ?? body['security'] ?? null, at(it, 'x-amazon-apigateway-auth') ?? null])]),
    ),
  );
}

const schemes = (body: Mapping) => canonical([body['securityDefinitions'] ?? null, at(body, 'components', 'securitySchemes') ?? null, body['x-amazon-apigateway-policy'] ?? null]);

/** What an API that is written as one text lets more people do: an operation that asks otherwise, and a new one that asks nobody beside others that ask. */
export function apiChanges(type: string, was: unknown, is: unknown): string[] {
  if (!isApi(type) || was === undefined || canonical(was) === canonical(is ?? null)) return [];
  if (!isMapping(was) || !isMapping(is) || [was, is].some((body) => /"Fn::(If|FindInMap|Transform)":/.test(canonical([body['paths'] ?? null, body['security'] ?? null])) || !isMapping(body['paths']))) return ['its Body cannot be read'];
  const [old, next] = [callers(was), callers(is)];
  const asks = [...old.values()].some((it) => it !== nothing);
  const changed = [...next].filter(([operation, asked]) => (old.has(operation) ? old.get(operation) !== asked : asks && asked === nothing)).map(([operation]) => `${operation} asks its callers otherwise`);
  return [...(schemes(was) === schemes(is) ? [] : ['its ways to know callers change']), ...changed];
}
