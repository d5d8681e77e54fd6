import { existsSync, readdirSync } from 'node:fs';

/** Pages that are looked at: all of them but the generated API reference and the pages that only show a README. */
export function sitePages(dist, origin) {
  if (!existsSync(dist)) {
    console.log('SKIPPED the site: it is not built (turbo run docs:build)');
    return [];
  }
  return readdirSync(dist)
    .filter((name) => name.endsWith('.html') && name !== '404.html')
    .map((name) => name.replace('.html', ''))
    .map((name) => ({
      name: `site-${name}`,
      url: `${origin}/${name}`,
      // The frame around the page is VitePress's own.
      within: name === 'playground' ? '.playground-page' : '.vp-doc',
      ...(name === 'playground' ? { settled: '[data-part=radii]' } : {}),
    }));
}
