import { packages } from './.vitepress/packages.mjs';

const subpaths = {
  'model-io': ['datasets/index'],
  engine: ['ort', 'tfjs', 'conformance'],
  audit: ['figures/index', 'explore/index'],
};

/** One page per module from the packages' own doc comments. */
export default {
  entryPoints: packages.flatMap((name) =>
    ['index', ...(subpaths[name] ?? [])].map((entry) => `../../packages/${name}/src/${entry}.ts`),
  ),
  tsconfig: './tsconfig.api.json',
  out: './api',
  plugin: ['typedoc-plugin-markdown'],
  name: 'API',
  outputFileStrategy: 'modules',
  readme: 'none',
  hideBreadcrumbs: true,
  hidePageHeader: true,
  disableSources: true,
  excludeInternal: true,
  skipErrorChecking: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  logLevel: 'Error',
};
