import { readFileSync, writeFileSync } from 'node:fs';
import { hashOfModel, reportJson, verdictSchema, type Report } from '@floatpath/audit';
import { defaultPreprocessing } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { describe, expect, it } from 'vitest';
import { requireFresh } from '../src/fresh-report.js';
import { readModelFile } from '../src/load-models.js';
import { madeReport } from './support/made-report.js';
import { quarterNetwork } from './support/models.js';
import { runCaptured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();

function written(name: string, report: Report): string {
  writeFileSync(inFolder(name), reportJson(report));
  return inFolder(name);
}

const before = written('before.json', madeReport(450, 500));
const weakened = written('weakened.json', madeReport(425, 500));

function configFile(name: string, config: unknown): string {
  writeFileSync(inFolder(name), typeof config === 'string' ? config : JSON.stringify(config));
  return inFolder(name);
}

describe('floatpath gate', () => {
  it('passes an unchanged network and fails a weakened one', async () => {
    const baseline = inFolder('floatpath.baseline.json');
    const updated = await runCaptured([
      'gate',
      before,
      '--baseline',
      baseline,
      '--update-baseline',
    ]);
    expect(updated).toMatchObject({ status: 0, stderr: '' });
    expect(updated.stdout).toMatch(/is now the baseline: model 1 on made images; commit it/);
    expect(readFileSync(baseline, 'utf8')).toBe(readFileSync(before, 'utf8'));

    const unchanged = await runCaptured(['gate', before, '--baseline', baseline]);
    expect(unchanged).toMatchObject({ status: 0, stderr: '' });
    expect(unchanged.stdout).toMatch(/^gate passed: 3 rules held/);
    expect(unchanged.stdout).toContain('smallest drop that would have failed: 9 images');

    const worse = await runCaptured(['gate', weakened, '--baseline', baseline]);
    expect(worse).toMatchObject({ status: 1, stderr: '' });
    expect(worse.stdout).toMatch(/^gate failed: 3 of 3 rules did not hold/);
    expect(readFileSync(baseline, 'utf8')).toBe(readFileSync(before, 'utf8'));
  });

  it('judges thresholds without a baseline', async () => {
    const passed = await runCaptured(['gate', before, '--rule', 'certified@0.5 >= 0.9']);
    expect(passed).toMatchObject({ status: 0, stderr: '' });
    const bound = ['gate', before, '--rule', 'certified@0.5 >= 0.9', '--level', '.05'];
    expect((await runCaptured(bound)).status).toBe(1);
  });

  it('prints one document with --json and keeps annotations out of it', async () => {
    const argv = ['gate', weakened, '--rule', 'clean >= .9', '--json', '--format', 'github'];
    const { status, stdout, stderr } = await runCaptured(argv);
    expect(status).toBe(1);
    expect(verdictSchema.parse(JSON.parse(stdout)).passed).toBe(false);
    expect(stderr).toBe(
      '::error title=floatpath gate%3A clean >= .9::model 1: 425 of 500 images, 450 needed\n',
    );
  });

  it('writes the files of the formats, again and again', async () => {
    const argv = ['gate', before, '--rule', 'clean >= .9', '--out', inFolder('out')];
    const formats = ['--format', 'junit,sarif', '--format', 'markdown'];
    for (let run = 0; run < 2; run += 1)
      expect((await runCaptured([...argv, ...formats])).status).toBe(0);
    for (const name of ['junit.xml', 'gate.sarif', 'gate.md'])
      expect(readFileSync(inFolder('out', name), 'utf8')).toContain('clean');
  });

  it('takes rules and files from the configuration, and flags win', async () => {
    const config = configFile('config.json', {
      gate: { rules: ['clean >= 0.95'], baseline: before, format: ['github'], level: '.05' },
    });
    const configured = await runCaptured(['gate', before, '--config', config]);
    expect(configured.status).toBe(1);
    expect(configured.stdout).toMatch(/^gate failed: 1 of 4 rules did not hold/);
    expect(configured.stderr).toMatch(/^::error title=floatpath gate%3A clean >= 0\.95::/);
    const flags = ['gate', before, '--config', config, '--rule', 'clean >= 0.5'];
    expect((await runCaptured(flags)).status).toBe(0);
  });
});

describe('what cannot be judged is one sentence and status 2', () => {
  const absent = inFolder('absent.json');
  const old = inFolder('old.json');
  writeFileSync(old, readFileSync(before, 'utf8').replace('report@1', 'report@0'));
  const other = written('other.json', madeReport(450, 500, { label: 'another model' }));
  const data = written('data.json', madeReport(450, 500, { data: 'other images' }));
  const text = configFile('not-json.json', '{"gate": ');
  const key = configFile('key.json', { gate: { rulse: [] } });
  const rule = configFile('rule.json', { gate: { rules: ['clean > 0.5'] } });
  const level = configFile('level.json', { gate: { level: 2 } });

  it.each<[string, readonly string[], string]>([
    [
      'no report',
      ['gate', absent],
      'got nothing there; check the path; floatpath audit makes a report',
    ],
    ['no baseline', ['gate', before, '--baseline', absent], '--update-baseline makes a baseline'],
    ['older schema', ['gate', old, '--rule', 'clean >= 0'], 'got floatpath/report@0; audit again'],
    [
      'another model',
      ['gate', before, '--baseline', other],
      "networks to be the baseline's, another model, got model 1",
    ],
    [
      'other data',
      ['gate', before, '--baseline', data],
      "data to be the baseline's, other images, got made images",
    ],
    [
      'broken rule',
      ['gate', before, '--rule', 'clean > 0.5'],
      'at character 7 of rule "clean > 0.5"',
    ],
    [
      'conditional',
      ['gate', before, '--rule', 'certified(sc-rfp-center)@0 >= 0'],
      'which certify nothing',
    ],
    [
      'broken format',
      ['gate', before, '--format', 'xml'],
      '--format: expected junit or sarif or markdown or github, got "xml"',
    ],
    ['level of 95 %', ['gate', before, '--rule', 'clean >= 0', '--level', '.95'], 'in (0, 0.5]'],
    [
      'config no JSON',
      ['gate', before, '--config', text],
      'not-json.json: expected JSON, got a fault',
    ],
    [
      'config key',
      ['gate', before, '--config', key],
      'key.json: gate.rulse: expected a known key, got this one; did you mean rules?',
    ],
    [
      'config rule',
      ['gate', before, '--config', rule],
      'rule.json: gate.rules[0]: gate: expected ">=" at character 7',
    ],
    [
      'config value',
      ['gate', before, '--config', level],
      'level.json: gate.level: expected a number in (0, 1) such as 0.001, got "2"',
    ],
    ['no config', ['gate', before, '--config', absent], 'got nothing there; check the path'],
    [
      'unwritable baseline',
      ['gate', before, '--baseline', '/proc/none/b.json', '--update-baseline'],
      'expected a folder that can be written',
    ],
    [
      'unwritable output',
      ['gate', before, '--rule', 'clean >= 0', '--format', 'junit', '--out', '/proc/none'],
      'expected a folder that can be written',
    ],
  ])('%s', async (_, argv, told) => {
    const { status, stdout, stderr } = await runCaptured(argv);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(told);
    expect(stderr.trimEnd()).not.toContain('\n');
  });
});

describe('the report that lies where audit leaves it', () => {
  it('is refused once a model of the configuration has changed', async () => {
    const model = inFolder('model.onnx');
    writeFileSync(model, writeOnnx(quarterNetwork()));
    const made = madeReport(450, 500);
    const hash = await hashOfModel(await readModelFile(model), defaultPreprocessing);
    const networks = made.networks.map((network) => ({ ...network, hash }));
    const report: Report = { ...made, networks };
    await requireFresh(report, [model, inFolder('not-here.onnx')]);
    writeFileSync(model, writeOnnx(quarterNetwork({ bias: 0.25 })));
    await expect(requireFresh(report, [model])).rejects.toMatchObject({
      code: 'invalid-data',
      message: expect.stringContaining('run floatpath audit again') as string,
    });
  });
});
