import { mutateText } from './mutate-text.js';
import type { Random } from './random.js';

type Place = { readonly holder: Record<string, unknown>; readonly key: string };

const odd: readonly unknown[] = [
  null,
  true,
  '',
  'x',
  '../x',
  -1,
  0,
  0.5,
  1,
  2 ** 31,
  1e15,
  1e308,
  [],
  {},
  [[]],
  [null, -1],
  [1e9, 1e9],
];

function placesOf(value: unknown, places: Place[]): readonly Place[] {
  if (typeof value !== 'object' || value === null) return places;
  const holder = value as Record<string, unknown>;
  for (const key of Object.keys(holder)) {
    places.push({ holder, key });
    placesOf(holder[key], places);
  }
  return places;
}

/** Damages JSON where its values are: left out, exchanged with another one's, doubled or odd. */
export function mutateJson(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.once(4)) return mutateText(bytes, random);
  const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
  for (let changes = 1 + random.below(3); changes > 0; changes -= 1) {
    const places = placesOf(json, []);
    if (places.length === 0) break;
    const { holder, key } = random.pick(places);
    const other = random.pick(places);
    random.pick([
      () => void delete holder[key],
      () => void (holder[key] = structuredClone(random.pick(odd))),
      () => void (holder[key] = structuredClone(random.pick(odd))),
      () => void (holder[key] = structuredClone(other.holder[other.key])),
      () => void (Array.isArray(holder) && holder.push(structuredClone(holder[key] as unknown))),
    ])();
  }
  return new TextEncoder().encode(JSON.stringify(json));
}
