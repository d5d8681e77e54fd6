import { requireArgument } from '@floatpath/core';
import type { SearchAttack } from './attack.js';
import { apgd } from './apgd.js';
import { apgdTargeted } from './apgd-targeted.js';
import { autoAttackEntries, type AutoAttackPlace } from './auto-attack-versions.js';
import { bim } from './bim.js';
import { carliniWagnerL2 } from './carlini-wagner-l2.js';
import { carliniWagnerLinf } from './carlini-wagner-linf.js';
import { deepFool } from './deep-fool.js';
import { fab, fabTargeted } from './fab.js';
import { fgsm } from './fgsm.js';
import { hopSkipJump, type StartsOf } from './hop-skip-jump.js';
import type { LedgerEntry } from './ledger.js';
import { miFgsm } from './mi-fgsm.js';
import { pgd } from './pgd.js';
import { presets } from './presets.js';
import { rays } from './rays.js';
import { restarts } from './restarts.js';
import { square } from './square.js';

/** Attacks with default settings, by the names that commands and files use. */
export const attackNames = [
  'autoattack',
  'autoattack-plus',
  'autoattack-rand',
  'fgsm',
  'bim',
  'mi-fgsm',
  'pgd',
  'apgd-ce',
  'apgd-dlr',
  'apgd-t',
  'fab',
  'fab-t',
  'square',
  'deepfool',
  'cw-l2',
  'cw-linf',
  'hopskipjump',
  'rays',
  'foolbox-pgd40',
  'torchattacks-pgd10',
] as const;

export type AttackName = (typeof attackNames)[number];

/** Those of them that take `queries`. */
export const queryAttacks: readonly AttackName[] = ['square', 'hopskipjump', 'rays'];

export interface AttackPlace extends AutoAttackPlace {
  /** Of each of `queryAttacks`, per row; their own defaults unless given. */
  readonly queries?: number;
  /** Where `hopskipjump` sets out from. */
  readonly startsOf?: StartsOf;
}

/**
 * The attacks that a name stands for: several for a version of AutoAttack, else one.
 *
 * @throws {FloatpathError} `invalid-argument` for the settings of another library in a norm that they are not of
 */
export function namedAttack(name: AttackName, place: AttackPlace): readonly LedgerEntry[] {
  const asked = place.queries === undefined ? {} : { queries: place.queries };
  switch (name) {
    case 'autoattack':
      return autoAttackEntries('standard', place);
    case 'autoattack-plus':
      return autoAttackEntries('plus', place);
    case 'autoattack-rand':
      return autoAttackEntries('rand', place);
    case 'fgsm':
      return [{ id: name, attack: fgsm() }];
    case 'bim':
      return [{ id: name, attack: bim() }];
    case 'mi-fgsm':
      return [{ id: name, attack: miFgsm() }];
    case 'pgd':
      return [
        {
          id: name,
          attack: restarts(pgd({ steps: 40, relativeStep: 0.1, objective: 'margin' }), 5),
        },
      ];
    case 'apgd-ce':
      return [{ id: name, attack: apgd() }];
    case 'apgd-dlr':
      return [{ id: name, attack: apgd({ objective: 'dlr' }) }];
    case 'apgd-t':
      return [{ id: name, attack: apgdTargeted() }];
    case 'fab':
      return [{ id: name, attack: fab() }];
    case 'fab-t':
      return [{ id: name, attack: fabTargeted() }];
    case 'square':
      return [{ id: name, attack: square(asked) }];
    case 'deepfool':
      return [{ id: name, attack: deepFool() }];
    case 'cw-l2':
      return [{ id: name, attack: carliniWagnerL2() }];
    case 'cw-linf':
      return [{ id: name, attack: carliniWagnerLinf() }];
    case 'hopskipjump':
      return [
        {
          id: name,
          attack: hopSkipJump({
            ...asked,
            ...(place.startsOf === undefined ? {} : { startsOf: place.startsOf }),
          }),
        },
      ];
    case 'rays':
      return [{ id: name, attack: rays(asked) }];
    case 'foolbox-pgd40':
      return [{ id: name, attack: presetAttack(name, presets.foolboxPgd40, place) }];
    case 'torchattacks-pgd10':
      return [{ id: name, attack: presetAttack(name, presets.torchattacksPgd10, place) }];
  }
}

/** Whose default settings a name stands for; undefined for our own. */
export function attackOrigin(name: string): string | undefined {
  if (name === 'foolbox-pgd40') return presets.foolboxPgd40.origin;
  return name === 'torchattacks-pgd10' ? presets.torchattacksPgd10.origin : undefined;
}

function presetAttack(
  name: string,
  { norm, options }: (typeof presets)[keyof typeof presets],
  place: AutoAttackPlace,
): SearchAttack {
  requireArgument(
    place.norm === norm,
    `${name}: expected norm ${norm}, which its settings are of, got ${place.norm}; use pgd`,
  );
  return pgd(options);
}
