import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

/** Which requests fail on the way, by their number from 1 on; a status, or 0 for a connection that breaks. */
export type Trouble = (request: number) => number | undefined;

/** A server that answers as {@link quarterNetwork} does, with labels alone where it is told so. @returns its address, and the headers that it saw */
export async function quarterEndpoint(
  trouble: Trouble = () => undefined,
  says: 'logits' | 'labels' = 'logits',
): Promise<{ address: string; seen: (string | undefined)[] }> {
  const seen: (string | undefined)[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push(request.headers.authorization);
      const status = trouble(seen.length) ?? 200;
      if (status === 0) return void request.socket.destroy();
      if (status !== 200) return void response.writeHead(status).end();
      const { shape, inputs } = JSON.parse(body) as { shape: [number]; inputs: number[] };
      const logits = Array.from({ length: shape[0] }, (_, row) =>
        inputs.slice(4 * row, 4 * row + 4).map((value) => Math.max(0, value)),
      );
      const labels = logits.map((row) => row.indexOf(Math.max(...row)));
      response.end(JSON.stringify(says === 'logits' ? { logits } : { labels, classes: 4 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/predict`, seen };
}
