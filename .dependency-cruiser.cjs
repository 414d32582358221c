// Imports go one way: contracts <- domain <- aws, notifiers, runtime <- functions. `npm run check` holds everybody to it.

/** @param {string} name @param {string} comment @param {object} from @param {object} to */
const forbid = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

/** One of our folders may import itself and those that are named, and nothing else of ours. */
const folders = ['contracts', 'domain', 'aws', 'notifiers', 'runtime', 'functions', 'builder', 'cli', 'local', 'test', 'bench'];
const mayImport = {
  contracts: [],
  domain: ['contracts'],
  aws: ['contracts', 'domain'],
  notifiers: ['contracts', 'domain', 'aws'],
  runtime: ['contracts', 'domain'],
  functions: ['contracts', 'domain', 'aws', 'notifiers', 'runtime'],
  builder: ['contracts', 'domain', 'aws'],
  cli: ['contracts', 'domain', 'aws'],
};
const oneWay = Object.entries(mayImport).map(([folder, allowed]) => {
  const others = folders.filter((other) => other !== folder && !allowed.includes(other));
  return forbid(`${folder}-one-way`, `${folder} imports ${[folder, ...allowed].join(', ')} and nothing else of ours.`, { path: `^${folder}/` }, { path: `^(${others.join('|')})/` });
});

module.exports = {
  forbidden: [
    ...oneWay,
    forbid('functions-stand-alone', 'A function imports no other function.', { path: '^functions/([^/]+)/' }, { path: '^functions/', pathNot: '^functions/$1/' }),
    forbid('sdk-in-aws-only', 'Only aws talks to AWS at run time.', { pathNot: '^(aws|local|test|bench)/|^node_modules/' }, { path: '^node_modules/(@aws-sdk|@smithy)/' }),
    forbid('domain-is-pure', 'A decision does no input or output and asks no clock; hashing is arithmetic.', { path: '^(contracts|domain)/' }, { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|zlib|buffer|path|url)$' }),
    forbid('no-circles', 'Two files that import each other are one file.', {}, { circular: true }),
    forbid('nothing-forgotten', 'A file that nothing imports is dead.', { orphan: true, path: '^(contracts|domain|aws|notifiers|runtime)/' }, {}),
    forbid('resolvable', 'Every import leads somewhere.', {}, { couldNotResolve: true }),
    forbid('what-runs-is-a-dependency', 'What the functions and the command line load stands under dependencies.', { path: '^(contracts|domain|aws|notifiers|runtime|functions|builder|cli)/' }, { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|examples|\\.drawbridge|test/fixtures)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
