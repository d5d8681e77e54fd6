import { expect, test } from 'vitest';

test('attack a model', async () => {
  const { survived, checked } = await import('./attack-a-model.js');
  expect(checked.every(({ inside }) => inside)).toBe(true);
  expect(checked.filter(({ holds }) => holds).length).toBe(checked.length - survived);
});

test('explain a failure', async () => {
  const { ledger, sum, kinks } = await import('./explain-a-failure.js');
  expect(ledger.margin.adversarial).toBeLessThan(0);
  expect(sum).toBeCloseTo(ledger.drop, 9);
  expect(kinks.change).toBeCloseTo(-ledger.drop, 9);
});

test('certify an image', async () => {
  const { said } = await import('./certify-an-image.js');
  expect(said).toMatch(/^label 7 within l2 0\.\d+$/);
});

test('prove neurons fixed', async () => {
  const { bracket } = await import('./prove-neurons-fixed.js');
  expect(bracket.provedFixed).toBeGreaterThan(0);
  expect(bracket.provedFixed + bracket.seenToSwitch).toBeLessThanOrEqual(bracket.units);
});

test('repress float paths', async () => {
  const { onnx, certificate } = await import('./repress-float-paths.js');
  expect(onnx.length).toBeGreaterThan(1000);
  expect(certificate.kind).toBe('certified');
});

test('your own classifier', async () => {
  const { certificate, prediction, attacked } = await import('./your-own-classifier.js');
  expect(certificate.kind === 'certified' && certificate.label).toBe(0);
  expect(prediction).toMatchObject({ label: 0 });
  expect(attacked.rows[0]?.status).toBe('success');
});
