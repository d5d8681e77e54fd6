/** A vnnlib text evaluated at a point, sharing nothing with the reader under test: true where all its assertions hold. */
export function vnnlibHolds(text: string, point: ReadonlyMap<string, number>): boolean {
  const words = text.replace(/;[^\n]*/g, '').match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;

  function term(): number {
    const word = words[at++] as string;
    if (word !== '(') return point.get(word) ?? Number(word);
    const operator = words[at++];
    const operands: number[] = [];
    while (words[at] !== ')') operands.push(term());
    at += 1;
    const [first = 0, ...rest] = operands;
    if (operator === '+') return operands.reduce((sum, v) => sum + v);
    if (operator === '*') return operands.reduce((product, v) => product * v);
    if (operator === '-')
      return rest.length === 0 ? -first : rest.reduce((sum, v) => sum - v, first);
    throw new Error(`unknown operator ${operator}`);
  }

  function formula(): boolean {
    at += 1;
    const operator = words[at++];
    if (operator === 'and' || operator === 'or') {
      const parts: boolean[] = [];
      while (words[at] !== ')') parts.push(formula());
      at += 1;
      return operator === 'and' ? parts.every(Boolean) : parts.some(Boolean);
    }
    const [left, right] = [term(), term()];
    at += 1;
    if (operator === '<=') return left <= right;
    if (operator === '>=') return left >= right;
    throw new Error(`unknown comparison ${operator}`);
  }

  let holds = true;
  while (at < words.length) {
    const command = words[at + 1];
    at += 2;
    if (command === 'assert') {
      holds = formula() && holds;
      at += 1;
    } else at += 3;
  }
  return holds;
}
