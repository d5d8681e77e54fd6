import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const types = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

function fileOf(folder, path) {
  const at = join(folder, normalize(path));
  const candidates = path.endsWith('/') ? [join(at, 'index.html')] : [at, `${at}.html`];
  return candidates.find((file) => existsSync(file) && statSync(file).isFile());
}

/** Serves a folder on the loopback address, addresses without `.html` too; `close` ends it. */
export async function serveFolder(folder) {
  const server = createServer((request, response) => {
    const file = fileOf(folder, new URL(request.url, 'http://localhost').pathname);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const type = types[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type }).end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}
