import { statSync } from 'node:fs';
import type { AuditData } from '@floatpath/audit';
import {
  openCifar10,
  openCifar100,
  openIdx,
  openNpz,
  type DatasetRows,
} from '@floatpath/model-io/datasets';
import { openByteSource } from '@floatpath/node';
import { selectedIndices, type DataSpec, type Selection } from './data-spec.js';
import { aboutAsync } from './errors.js';

/** Files up to this are read whole, checksums and all. */
const WHOLE = 2 ** 28;

/** Data in one file that rows can be read from. */
export type LargeSpec = Exclude<DataSpec, { readonly kind: 'mnist' | 'dir' }>;

const fileOf = (spec: LargeSpec): string => (spec.kind === 'idx' ? spec.images : spec.file);

/** Whether only the rows that are asked for are read. */
export function isLarge(spec: DataSpec): spec is LargeSpec {
  if (spec.kind === 'mnist' || spec.kind === 'dir') return false;
  const facts = statSync(fileOf(spec), { throwIfNoEntry: false });
  return facts !== undefined && facts.isFile() && facts.size > WHOLE;
}

/** The selected rows of a file that may be larger than memory. @throws {FloatpathError} naming the file and its fault */
export async function loadRows(
  spec: LargeSpec,
  selection: Selection,
): Promise<Omit<AuditData, 'name'>> {
  const file = fileOf(spec);
  await using source = await openByteSource(file);
  await using labelSource = await openByteSource(spec.kind === 'idx' ? spec.labels : file);
  const open = (): Promise<DatasetRows> => {
    switch (spec.kind) {
      case 'idx':
        return openIdx(source, labelSource);
      case 'cifar10':
        return openCifar10(source);
      case 'cifar100':
        return openCifar100(source, 'fine');
      case 'cifar100-coarse':
        return openCifar100(source, 'coarse');
      case 'npz':
        return openNpz(source);
    }
  };
  return aboutAsync(file, async () => {
    const rows = await open();
    const ids = selectedIndices(rows.count, selection);
    const { images, labels } = await rows.read(ids);
    return { images, labels, ids };
  });
}
