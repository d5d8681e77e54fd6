import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadData } from '../src/load-data.js';
import { png } from './support/png.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const all = { limit: 100, skip: 0, every: 1 };

describe('dir:', () => {
  it('labels images by the sorted names of their folders', async () => {
    const folder = inFolder('photos');
    for (const name of ['dog', 'cat']) mkdirSync(`${folder}/${name}`, { recursive: true });
    writeFileSync(`${folder}/dog/1.png`, png(255, 0));
    writeFileSync(`${folder}/cat/2.png`, png(0, 51));
    writeFileSync(`${folder}/cat/notes.txt`, 'no image');
    const { name, images, labels, ids } = await loadData({ kind: 'dir', folder }, all);
    expect({ name, ids: [...ids], labels: [...labels], shape: images.shape }).toEqual({
      name: 'photos images 0-1',
      ids: [0, 1],
      labels: [0, 1],
      shape: [2, 1, 1, 2],
    });
    expect([...images.data]).toEqual([0, Math.fround(0.2), 1, 0]);
  });

  it('takes labels from labels.csv where there is one', async () => {
    const folder = inFolder('table');
    mkdirSync(folder);
    writeFileSync(`${folder}/a.png`, png(1, 2));
    writeFileSync(`${folder}/b.png`, png(3, 4));
    writeFileSync(`${folder}/labels.csv`, 'file,label\na.png,3\nb.png,7\n');
    const { labels } = await loadData({ kind: 'dir', folder }, all);
    expect([...labels]).toEqual([3, 7]);
  });

  it.each([
    ['a folder that is not there', 'nowhere', 'got nothing there'],
    ['a folder without images', 'empty', 'expected at least one PNG or JPEG image'],
    ['a broken image', 'broken', 'x/1.png'],
  ])('%s is one sentence', async (_, name, sentence) => {
    const folder = inFolder(name);
    if (name !== 'nowhere') mkdirSync(`${folder}/x`, { recursive: true });
    if (name === 'broken') writeFileSync(`${folder}/x/1.png`, png(1, 2).subarray(0, 40));
    await expect(loadData({ kind: 'dir', folder }, all)).rejects.toThrow(sentence);
  });
});
