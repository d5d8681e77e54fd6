import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const typed = [
  'packages/*/{src,test}/**/*.ts',
  'apps/cli/{src,test}/**/*.ts',
  '{examples,experiments}/**/*.ts',
];
const tests = ['**/*.{test,test-d,bench,deep}.ts', '**/test/**/*.ts', 'scripts/**'];
const neutral = 'packages/!(node|testing)/src/**/*.ts';

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export it by name.',
};
const noStarExport = {
  selector: 'ExportAllDeclaration',
  message: 'Name what is exported.',
};

export default defineConfig(
  globalIgnores([
    '**/dist/',
    '**/node_modules/',
    '**/*_pb.ts',
    '.tools/',
    '**/.turbo/',
    '**/.vitepress/cache/',
    '**/.vitepress/dist/',
    '**/floatpath-report/',
    '**/coverage/',
  ]),
  js.configs.recommended,
  tseslint.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      // Published coefficients are quoted with all their digits.
      'no-loss-of-precision': 'off',
      // Names from files are escaped before they are printed.
      'no-control-regex': 'off',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    // Types are needed to see a missing await: in a sampling loop it is a wrong certificate.
    files: typed,
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', noDefaultExport, noStarExport] },
  },
  {
    files: ['apps/*/src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', noStarExport] },
  },
  {
    // Library packages run in Node and in the page, and give the same numbers twice.
    files: [neutral],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*'], message: 'Only packages/node and apps may.' }] },
      ],
      'no-restricted-globals': [
        'error',
        ...['console', 'fetch', 'process', 'Buffer', 'XMLHttpRequest', 'WebSocket'].map((name) => ({
          name,
          message: 'Library packages are platform neutral and silent.',
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: "Use core's streams." },
        { object: 'Date', property: 'now', message: 'Results hold no time.' },
        { object: 'performance', property: 'now', message: 'Results hold no time.' },
      ],
    },
  },
  {
    files: tests,
    rules: {
      'no-restricted-imports': 'off',
      'no-restricted-globals': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', Buffer: 'readonly', URL: 'readonly' },
    },
  },
  {
    files: ['**/*.ts'],
    rules: {
      // TypeScript itself reports these.
      'no-undef': 'off',
    },
  },
);
