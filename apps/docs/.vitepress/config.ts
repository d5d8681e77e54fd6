import { defineConfig } from 'vitepress';

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
        items: [
          { text: 'What floatpath does', link: '/' },
          { text: 'Playground', link: '/playground' },
          { text: 'Reading an audit', link: '/audit' },
          { text: 'A gate for CI', link: '/gate' },
          { text: 'The columns of rows.tsv', link: '/columns' },
          { text: 'Coming from locuslab/smoothing', link: '/from-smoothing' },
          { text: 'Ops', link: '/ops' },
          { text: 'Engines', link: '/engines' },
        ],
      },
    ],
    search: { provider: 'local' },
    outline: [2, 3],
  },
});
