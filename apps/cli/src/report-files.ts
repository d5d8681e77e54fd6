import { join } from 'node:path';
import { reportHtml, reportJson, rowsTsv, type Exhibit, type Report } from '@floatpath/audit';
import { checkOutputFolder, writeFilesAtomically, type OutputFolderOptions } from '@floatpath/node';

const DEFAULT_FOLDER = 'floatpath-report';
const ourFiles = ['report.json', 'rows.tsv', 'report.html', 'run.json'] as const;

/** What no report may hold: when, where and how fast. */
export interface RunRecord {
  readonly command: string;
  readonly started: string;
  readonly platform: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly engine: string;
  readonly workers: number;
  readonly batchSize: number;
  readonly seconds: { readonly total: number; readonly stages: Readonly<Record<string, number>> };
}

export interface OutputFolder {
  /** Paths as the person would write them: the report's numbers, and the page to look at. */
  readonly report: string;
  readonly page: string;
  /** Throws before the work starts where writing after it would fail. */
  check(): Promise<void>;
  /** @param exhibits - failures that the page shows */
  write(report: Report, exhibits: readonly Exhibit[], run: RunRecord): Promise<void>;
}

/**
 * The default folder is the program's own, so it replaces its files of the last run there; a folder that a person named
 * must be new or empty, or forced, or hold the run that is resumed.
 */
export function outputFolder(
  out: string | undefined,
  { force, resume }: { readonly force: boolean; readonly resume: boolean },
): OutputFolder {
  const folder = out ?? DEFAULT_FOLDER;
  const options: OutputFolderOptions = {
    force,
    replaceable: out === undefined || resume ? ourFiles : [],
  };
  return {
    report: join(folder, ourFiles[0]),
    page: join(folder, ourFiles[2]),
    check: () => checkOutputFolder(folder, options),
    async write(report, exhibits, run) {
      const contents = [
        reportJson(report),
        rowsTsv(report),
        reportHtml(report, exhibits),
        `${JSON.stringify(run, null, 2)}\n`,
      ];
      const files = Object.fromEntries(ourFiles.map((name, i) => [name, contents[i] as string]));
      await writeFilesAtomically(folder, files, options);
    },
  };
}
