import type { FileFacts, Network } from '@floatpath/core';

/** What a reader of one format finds in a file. */
export interface FileNetwork extends FileFacts {
  readonly network: Network;
}
