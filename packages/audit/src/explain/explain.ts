import { FloatpathError } from '@floatpath/core';
import { preparePaths } from '@floatpath/path-decomp';
import type { AuditData } from '../settings.js';
import { explainExhibit, type ExplainExhibit } from './explain-exhibit.js';
import { ledgerHeading, ledgerTsv } from './explain-files.js';
import { explainImages, type ExplainedImage, type ExplainHost } from './explain-images.js';
import { explanationOf, explanationSettings } from './explanation-of.js';
import type { Explanation, ExplanationRow } from './explanation.js';
import type { GivenAdversarial } from './given-adversarial.js';
import type { ExplainableModel, ExplainRequest } from './request.js';
import { worstRows } from './worst-rows.js';

/** Failures that a report draws. */
export const SHOWN_FAILURES = 4;

/** Adversarial examples from a file, under the name that the explanation gives them. */
export interface NamedAdversarial extends GivenAdversarial {
  readonly name: string;
}

/** An explanation and what its rows leave out. */
export interface ExplainOutcome {
  readonly explanation: Explanation;
  /** Every row of every ledger, tab-separated. */
  readonly ledger: string;
  /** The failures whose margin ended lowest; none where the run did not get to its end. */
  readonly exhibits: readonly ExplainExhibit[];
}

export interface ExplainOptions extends ExplainHost {
  /** Version of the tool. */
  readonly version: string;
  /** An interrupted run of the same explanation: its rows are kept. */
  readonly resume?: Pick<ExplainOutcome, 'explanation' | 'ledger'>;
  /** Draw failures. */
  readonly pictures: boolean;
  /** Called after every part with what is finished. */
  readonly onPart?: (soFar: () => ExplainOutcome) => void;
}

/**
 * Explains why a network fails on images: the diagnosis of every failure, its margin ledger and kink list, and the neurons
 * that flip it back.
 *
 * Deterministic: the explanation depends on model, data and request, not on batch size or interruptions.
 *
 * @throws {FloatpathError} `invalid-argument` for an interrupted run with other settings
 */
export async function explain(
  model: ExplainableModel,
  data: AuditData,
  request: ExplainRequest,
  given: NamedAdversarial | undefined,
  options: ExplainOptions,
): Promise<ExplainOutcome> {
  const { engine, resume, version, pictures, onPart } = options;
  const settings = await explanationSettings(model, data, request, given?.name, engine.name);
  if (resume && JSON.stringify(resume.explanation.settings) !== JSON.stringify(settings)) {
    throw new FloatpathError(
      'invalid-argument',
      'explain: expected the settings of the run to resume, got others; give the same command, or another --out',
    );
  }
  const rows = new Map<number, ExplanationRow>();
  const ledgers = new Map<number, string>(resume ? linesByImage(resume.ledger) : []);
  for (const row of resume?.explanation.rows ?? []) rows.set(row.image, row);
  const shown = new Map<number, ExplainExhibit>();
  const ids = Array.from(data.ids);
  const ordered = (): ExplanationRow[] =>
    ids.flatMap((id) => {
      const row = rows.get(id);
      return row === undefined ? [] : [row];
    });
  const outcome = (exhibits: readonly ExplainExhibit[]): ExplainOutcome => ({
    explanation: explanationOf(settings, ordered(), version),
    ledger: ledgerHeading + ids.map((id) => ledgers.get(id) ?? '').join(''),
    exhibits,
  });
  const paths = preparePaths(model.analysis);
  const shape = data.images.shape.slice(1);
  const { bounds } = request.preprocessing;
  const keep = (explained: readonly ExplainedImage[]): void => {
    for (const one of explained) {
      rows.set(one.row.image, one.row);
      ledgers.set(one.row.image, ledgerTsv(one));
    }
    if (!pictures) return;
    const worst = new Set(worstRows(ordered(), SHOWN_FAILURES).map(({ image }) => image));
    for (const image of shown.keys()) if (!worst.has(image)) shown.delete(image);
    for (const one of explained) {
      if (worst.has(one.row.image)) {
        shown.set(one.row.image, explainExhibit(paths, one, shape, bounds));
      }
    }
  };
  const work = async (images: readonly number[]): Promise<void> => {
    const positions = images.map((image) => ids.indexOf(image));
    for await (const part of explainImages(model, data, request, given, positions, options)) {
      keep(part);
      onPart?.(() => outcome([]));
    }
  };
  await work(ids.filter((id) => !rows.has(id)));
  const worst = pictures ? worstRows(ordered(), SHOWN_FAILURES) : [];
  // Rows of an interrupted run are known, their pictures are not.
  const missing = worst.filter(({ image }) => !shown.has(image)).map(({ image }) => image);
  if (missing.length > 0) await work(ids.filter((id) => missing.includes(id)));
  return outcome(worst.flatMap(({ image }) => shown.get(image) ?? []));
}

/** The lines of a ledger.tsv by image. */
function linesByImage(ledger: string): Map<number, string> {
  const lines = new Map<number, string>();
  for (const line of ledger.slice(ledgerHeading.length).split('\n')) {
    if (line === '') continue;
    const image = Number(line.slice(0, line.indexOf('\t')));
    lines.set(image, `${lines.get(image) ?? ''}${line}\n`);
  }
  return lines;
}
