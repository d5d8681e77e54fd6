import type { Tensor } from '@floatpath/core';

/** Constants of several networks, equal ones kept once. */
export interface ConstantPool {
  readonly constants: ReadonlyMap<string, Tensor>;
  /** Adds `tensor` under a free name like `wanted`, or returns the name of an equal one. */
  add(wanted: string, tensor: Tensor): string;
}

/** @param fresh - returns a free name like the wanted one */
export function createConstantPool(fresh: (wanted: string) => string): ConstantPool {
  const constants = new Map<string, Tensor>();
  const byType = new Map<string, string[]>();
  return {
    constants,
    add(wanted, tensor) {
      const type = `${tensor.dtype}[${tensor.shape.join()}]`;
      const alike = byType.get(type) ?? [];
      byType.set(type, alike);
      const known = alike.find((name) => sameData(constants.get(name) as Tensor, tensor));
      if (known !== undefined) return known;
      const name = fresh(wanted);
      constants.set(name, tensor);
      alike.push(name);
      return name;
    },
  };
}

/** Bit for bit, save that one NaN is like another. */
function sameData(a: Tensor, b: Tensor): boolean {
  if (a.data === b.data) return true;
  for (let i = 0; i < a.data.length; i += 1) if (!Object.is(a.data[i], b.data[i])) return false;
  return true;
}
