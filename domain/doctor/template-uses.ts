import type { Artifact, Configuration, SealedTemplate } from '../../contracts/release.ts';
import { parseTemplate } from '../template-text.ts';
import type { TemplateUse } from './own-names.ts';

/** What the newest built release of an application would put where. A template that cannot be read here is CloudFormation's business. */
export function templateUses(application: string, { environments }: Pick<Configuration, 'environments'>, { templates }: Pick<Artifact, 'templates'>, texts: ReadonlyMap<string, string>): TemplateUse[] {
  const parsed = new Map([...texts].map(([key, text]) => [key, parseTemplate(text)]));
  const isFor = (environment: string, stack: string | undefined) => (it: SealedTemplate) => (it.environment === undefined || it.environment === environment) && it.stack === stack;
  return environments.flatMap(({ name: environment, targets }) =>
    targets.flatMap(({ account, region, stackName, parameters, stack }): TemplateUse[] => {
      const template = parsed.get(templates.find(isFor(environment, stack))?.key ?? '');
      return template === undefined ? [] : [{ application, environment, account, region, stackName, parameters, template }];
    }),
  );
}
