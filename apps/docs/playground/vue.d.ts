declare module '*.vue' {
  import type { DefineComponent } from 'vue';
  const component: DefineComponent;
  // Vue's single-file components have a default export.
  export default component;
}
