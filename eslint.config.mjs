import { basename } from 'node:path';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.(config|test|d))*\.(ts|mts|mjs|cjs)$/;

/** A file is called by what it does, in one spelling, so that it is found on every file system. */
const kebabCaseFiles = {
  meta: { type: 'suggestion', schema: [], messages: { name: 'Call this file in kebab-case: {{name}}' } },
  create: (context) => ({
    Program(node) {
      const name = basename(context.filename);
      if (!kebab.test(name.replace(/^\./, ''))) context.report({ node, messageId: 'name', data: { name } });
    },
  }),
};

const everywhere = {
  plugins: { drawbridge: { rules: { 'kebab-case-files': kebabCaseFiles } } },
  linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true },
  rules: {
    'drawbridge/kebab-case-files': 'error',
    'max-lines': ['error', 250],
    eqeqeq: 'error',
  },
};

export default defineConfig(
  globalIgnores(['dist/', '.drawbridge/', '.aws-sam/', 'examples/', 'test/fixtures/']),
  everywhere,
  { files: ['**/*.{mjs,cjs}'], extends: [tseslint.configs.recommended] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A default says what becomes of everything else.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // What is taken out of the way is called _.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
);
