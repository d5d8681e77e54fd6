import fc from 'fast-check';

/**
 * One seed for all property tests, so that a run that was green stays green; `FLOATPATH_TEST_SEED=random` or a number
 * searches elsewhere. A failure prints the seed and path that repeat it.
 */
const asked = process.env['FLOATPATH_TEST_SEED'] ?? '20230501';
if (asked !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(asked) });
