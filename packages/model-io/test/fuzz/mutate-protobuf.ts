import { extremes, joined, mutateBytes } from './mutate-bytes.js';
import type { Random } from './random.js';

/** A protobuf message as its fields, without knowing what they mean. */
interface Field {
  readonly tag: number;
  /** Wire types 0, 1, 5: the bytes as they stand. 2: the contents, without their length. */
  readonly contents: Uint8Array;
  /** The fields of a message; absent where the contents are no message. */
  fields?: Field[];
}

function readVarint(bytes: Uint8Array, at: number): [value: number, end: number] | undefined {
  let value = 0;
  for (let i = 0; i < 10 && at + i < bytes.length; i += 1) {
    const byte = bytes[at + i] as number;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return [value, at + i + 1];
  }
  return undefined;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if (rest < 0x80n) return Uint8Array.from([...bytes, low]);
    bytes.push(low | 0x80);
  }
}

/** Long contents are weights or text, not messages. */
const LONGEST = 1 << 14;
const DEEPEST = 8;

function parse(bytes: Uint8Array, depth: number): Field[] | undefined {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = readVarint(bytes, at);
    if (tag === undefined || tag[0] < 8 || tag[0] > 0x7fff) return undefined;
    const type = tag[0] & 7;
    let [, start] = tag;
    let end: number;
    if (type === 0) end = readVarint(bytes, start)?.[1] ?? Infinity;
    else if (type === 1) end = start + 8;
    else if (type === 5) end = start + 4;
    else if (type === 2) {
      const length = readVarint(bytes, start);
      if (length === undefined) return undefined;
      start = length[1];
      end = start + length[0];
    } else return undefined;
    if (end > bytes.length) return undefined;
    const contents = bytes.subarray(start, end);
    const nested =
      type === 2 &&
      depth < DEEPEST &&
      (depth === 0 || contents.length <= LONGEST) &&
      contents.length > 0
        ? parse(contents, depth + 1)
        : undefined;
    fields.push({ tag: tag[0], contents, ...(nested === undefined ? {} : { fields: nested }) });
    at = end;
  }
  return fields;
}

function write(fields: readonly Field[]): Uint8Array {
  return joined(
    ...fields.flatMap((field) => {
      const contents = field.fields === undefined ? field.contents : write(field.fields);
      const length = (field.tag & 7) === 2 ? [varint(contents.length)] : [];
      return [varint(field.tag), ...length, contents];
    }),
  );
}

const everyList = (fields: Field[]): Field[][] => [
  fields,
  ...fields.flatMap(({ fields: nested }) => (nested === undefined ? [] : everyList(nested))),
];

/** A field as it stands now: put elsewhere, it must not become a part of itself. */
const copied = ({ tag, contents, fields }: Field): Field => ({
  tag,
  contents: fields === undefined ? contents : write(fields),
});

/** Puts other contents in a field: an extreme number, another field's text, damaged bytes. */
function changed(field: Field, all: readonly Field[], random: Random): Field {
  const type = field.tag & 7;
  if (type === 0)
    return {
      tag: field.tag,
      contents: varint(random.pick(extremes) * random.pick([1, 1, 2 ** 31])),
    };
  const others = all.filter((other) => (other.tag & 7) === type);
  if (random.once(2) && others.length > 0)
    return { ...copied(random.pick(others)), tag: field.tag };
  if (type !== 2) return { tag: field.tag, contents: field.contents.map(() => random.below(256)) };
  return { tag: field.tag, contents: mutateBytes(field.contents, random) };
}

/** Damages a protobuf message field by field, with all lengths around it right again. */
export function mutateProtobuf(bytes: Uint8Array, random: Random): Uint8Array {
  const root = random.once(6) ? undefined : parse(bytes, 0);
  if (root === undefined) return mutateBytes(bytes, random);
  for (let changes = 1 + random.below(3); changes > 0; changes -= 1) {
    const lists = everyList(root).filter(({ length }) => length > 0);
    if (lists.length === 0) break;
    const list = random.pick(lists);
    const here = random.below(list.length);
    const field = list[here] as Field;
    const all = lists.flat();
    random.pick([
      () => void list.splice(here, 1),
      () => void list.splice(here, 0, copied(field)),
      () => void (list[here] = changed(field, all, random)),
      () => void (list[here] = changed(field, all, random)),
      () => void list.splice(random.below(list.length + 1), 0, copied(random.pick(all))),
      () => void (list[here] = { ...field, tag: (random.below(32) << 3) | (field.tag & 7) }),
    ])();
  }
  return write(root);
}
