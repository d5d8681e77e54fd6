/** A text format of certification logs: tab-separated columns under a header line. */
export interface Dialect {
  readonly name:
    | 'locuslab'
    | 'diffusion-denoised'
    | 'predict'
    | 'attack-predict'
    | 'ars'
    | 'iss'
    | 'ancer'
    | 'data-dependent';
  readonly columns: readonly string[];
}

const dialect = (name: Dialect['name'], columns: string): Dialect => ({
  name,
  columns: columns.split(' '),
});

/**
 * Who writes which columns. `diffusion-denoised` has the header of `locuslab`, but its `correct` is a running total; which
 * of the two a file is shows in its rows. In `ars`, named after its norm, a negative radius means abstention.
 */
export const dialects: readonly Dialect[] = [
  dialect('locuslab', 'idx label predict radius correct time'),
  dialect('predict', 'idx label predict correct time'),
  dialect('attack-predict', 'idx label predict basePredict correct time'),
  dialect('ars', 'idx label predict linf_radius prob_lb correct time'),
  dialect('ars', 'idx label predict l2_radius prob_lb correct time'),
  dialect('iss', 'idx label predict pA samplesize radius correct time_forward'),
  dialect('ancer', 'idx label predict radius radius_proxy correct min_sigma time'),
  dialect('data-dependent', 'idx label predict radius correct min_sigma time'),
];

/** Whether a column holds the certified radius, whatever its norm. */
export const isRadiusColumn = (column: string): boolean => /^(l2_|linf_|l1_)?radius$/.test(column);
