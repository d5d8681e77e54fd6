import { defineConfig } from 'vitepress';
import { packages } from './packages.mjs';

export default defineConfig({
  title: 'floatpath',
  description:
    'Explains and certifies the robustness of neural networks through their activation paths',
  lang: 'en',
  // Where the site is not served from the root of its host.
  base: process.env['DOCS_BASE'] ?? '/',
  cleanUrls: true,
  lastUpdated: false,
  vite: {
    resolve: { conditions: ['@floatpath/source', 'onnxruntime-web-use-extern-wasm'] },
    assetsInclude: ['**/*.onnx'],
    worker: { format: 'es' },
    build: { target: 'es2022', chunkSizeWarningLimit: 1500 },
    optimizeDeps: { exclude: ['onnxruntime-web'] },
  },
  head: [
    [
      'link',
      { rel: 'icon', type: 'image/svg+xml', href: `${process.env['DOCS_BASE'] ?? '/'}favicon.svg` },
    ],
  ],
  themeConfig: {
    nav: [
      { text: 'The audit', link: '/audit' },
      { text: 'Playground', link: '/playground' },
    ],
    sidebar: [
      {
        text: 'Guide',
        items: [
          { text: 'What floatpath does', link: '/' },
          { text: 'Reading an audit', link: '/audit' },
          { text: 'Attacks', link: '/attacks' },
          { text: 'Certificates', link: '/certify' },
          { text: 'A gate for CI', link: '/gate' },
          { text: 'Properties: falsify, convert, run', link: '/falsify' },
          { text: 'Playground', link: '/playground' },
          { text: 'Coming from locuslab/smoothing', link: '/from-smoothing' },
          { text: 'Beside other tools', link: '/comparison' },
        ],
      },
      {
        text: 'Concepts',
        items: [
          { text: 'Fixed and float paths', link: '/concepts' },
          { text: 'Where the margin went', link: '/ledger' },
          { text: 'Proofs', link: '/proofs' },
        ],
      },
      {
        text: 'Evidence',
        items: [
          { text: 'The paper, reproduced', link: '/reproduction' },
          { text: 'The search for a better one', link: '/find-a-better-one' },
          { text: 'Benchmarks', link: '/benchmarks' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'Model files', link: '/formats' },
          { text: 'Ops', link: '/ops' },
          { text: 'Engines', link: '/engines' },
          { text: 'The columns of rows.tsv', link: '/columns' },
        ],
      },
      {
        text: 'Packages',
        link: '/packages/',
        collapsed: true,
        items: packages.map((name) => ({ text: name, link: `/packages/${name}` })),
      },
      {
        text: 'API',
        collapsed: true,
        items: packages.map((name) => ({ text: name, link: `/api/${name}/src` })),
      },
    ],
    search: { provider: 'local' },
    outline: [2, 3],
  },
});
