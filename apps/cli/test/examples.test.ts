import { expect, it } from 'vitest';
import { commandExamples } from '../src/command-examples.js';
import { runCaptured } from './support/run-captured.js';

const helpOf = async (...command: string[]): Promise<string> =>
  (await runCaptured([...command, '--help'])).stdout;

it('every command that the help lists has examples', async () => {
  const commands = [...(await helpOf()).matchAll(/^ {2}([a-z-]+) .*\[options\]/gm)].map(
    (match) => match[1] as string,
  );
  expect(commands).toContain('audit');
  const without = commands.filter((command) => command !== 'help' && !commandExamples[command]);
  expect(without).toEqual([]);
});

it.each(
  Object.values(commandExamples)
    .flat()
    .map((line) => [line]),
)('%s has options that the command has', async (line) => {
  const [, command = '', below = ''] = line.split(' ');
  const help = await helpOf(command, ...(command === 'log' ? [below] : []));
  expect(help).toContain(`\n  ${line}\n`);
  const [options = ''] = help.split('\nExamples:');
  for (const [option] of line.matchAll(/--[a-z0-9-]+/g)) expect(options).toContain(`${option}`);
});
