import { readFileSync, writeFileSync } from 'node:fs';
import { configJsonSchema, readConfig, parseRule } from '@floatpath/audit';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { auditCommand } from '../src/commands/audit.js';
import { applyConfig } from '../src/config-file.js';
import { dataOptions, modelOptions, runOptions, threatOptions } from '../src/options.js';
import { initialConfig } from '../src/run-init.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();

describe('floatpath.config.json', () => {
  it('has its schema as a file, which is the one that the program checks by', () => {
    const file = new URL('../assets/config.schema.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(configJsonSchema());
  });

  it.each([[undefined], ['my "model".onnx']])(
    'init starts from one that is right (%s)',
    (model) => {
      const config = initialConfig(model);
      expect(readConfig(JSON.stringify(config))).toEqual(config);
      expect(config.audit?.models).toEqual(model === undefined ? undefined : [model]);
      for (const rule of config.gate?.rules ?? []) expect(parseRule(rule).text).toBe(rule);
    },
  );

  it('knows every option of audit but those of one run', () => {
    const ofOneRun = new Set([
      'config',
      'force',
      'json',
      'quiet',
      'resume',
      'dryRun',
      'timeout',
      'help',
    ]);
    const command = auditCommand({} as never, []);
    const options = command.options.map((option) => option.attributeName());
    const { audit } = (configJsonSchema() as { properties: { audit: { properties: object } } })
      .properties;
    expect([...Object.keys(audit.properties)].sort()).toEqual(
      ['models', ...options.filter((key) => !ofOneRun.has(key))].sort(),
    );
  });
});

describe('applyConfig', () => {
  async function applied(config: unknown, argv: readonly string[]): Promise<Command> {
    writeFileSync(inFolder('config.json'), JSON.stringify(config));
    const command = new Command('audit').option('--config <file>').argument('[model...]');
    for (const made of [...dataOptions, ...threatOptions, ...modelOptions, ...runOptions])
      command.addOption(made);
    command.parse([...argv, '--config', inFolder('config.json')], { from: 'user' });
    await applyConfig(command, 'audit');
    return command;
  }

  it('makes of each value what its flag would have made, and leaves flags alone', async () => {
    const audit = {
      data: 'npz:a.npz',
      epsilon: '8/255',
      sigma: 0.25,
      limit: 7,
      bounds: [-1, 1],
      mean: [0.1, 0.2],
      std: '.3,.4',
      calibration: ['a.json', 'b.json'],
      images: false,
      allowInaccurate: true,
      out: 'there',
    };
    const command = await applied({ audit }, ['--limit', '9', '--sigma', '.5']);
    expect(command.opts()).toMatchObject({
      data: { kind: 'npz', file: 'a.npz' },
      epsilon: 8 / 255,
      sigma: 0.5,
      limit: 9,
      bounds: [-1, 1],
      mean: [0.1, 0.2],
      std: [0.3, 0.4],
      calibration: ['a.json', 'b.json'],
      images: false,
      allowInaccurate: true,
      out: 'there',
      n0: 100,
    });
  });

  it('points at the key whose value its flag refuses', async () => {
    await expect(applied({ audit: { epsilon: '8/' } }, [])).rejects.toThrow(
      /config\.json: audit\.epsilon: expected a number above 0 such as 0\.25 or 8\/255, got "8\/"$/,
    );
  });
});
