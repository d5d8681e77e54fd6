import DefaultTheme from 'vitepress/theme-without-fonts';
import type { Theme } from 'vitepress';
import { defineAsyncComponent } from 'vue';

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component(
      'FloatpathPlayground',
      defineAsyncComponent(() => import('../../playground/Playground.vue')),
    );
  },
};

// VitePress asks for a default export.
export default theme;
