type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** FNV-1a, 64 bits, as its definition reads: one multiplication modulo 2^64 per byte. */
function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, v]): [string, Json] => [key, sorted(v)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The file with the hash of what it says now: what an edit looks like to everything that comes after the hash. */
export function resealed(text: string): string {
  const { hash: _hash, ...content } = JSON.parse(text) as Record<string, Json>;
  return JSON.stringify({ hash: fnv1a(JSON.stringify(sorted(content))), ...content });
}
