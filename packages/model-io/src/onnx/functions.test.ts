import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { AttributeProto_AttributeType as Type, ModelProtoSchema } from './onnx_pb.js';
import { readOnnx } from './read.js';

type Init = MessageInitShape<typeof ModelProtoSchema>;
type FunctionInit = NonNullable<Init['functions']>[number];

const vector = (name: string) => ({
  name,
  type: {
    value: {
      case: 'tensorType' as const,
      value: {
        elemType: 1,
        shape: { dim: [1n, 2n].map((value) => ({ value: { case: 'dimValue' as const, value } })) },
      },
    },
  },
});

const opset = [
  { domain: '', version: 18n },
  { domain: 'own', version: 1n },
];

const file = (functions: FunctionInit[]): Uint8Array =>
  toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: opset,
      functions,
      graph: {
        name: 'g',
        input: [vector('x')],
        output: [vector('y')],
        node: [
          { name: 'first', domain: 'own', opType: 'Twice', input: ['x'], output: ['h'] },
          {
            name: 'second',
            domain: 'own',
            opType: 'Twice',
            input: ['h'],
            output: ['y'],
            attribute: [{ name: 'slope', type: Type.FLOAT, f: 0.25 }],
          },
        ],
      },
    }),
  );

/** LeakyRelu after LeakyRelu, of a slope that the call gives; .5 where it does not. */
const twice: FunctionInit = {
  name: 'Twice',
  domain: 'own',
  input: ['a'],
  output: ['b'],
  opsetImport: opset,
  attributeProto: [{ name: 'slope', type: Type.FLOAT, f: 0.5 }],
  node: ['a t', 't b'].map((values) => ({
    opType: 'LeakyRelu',
    input: values.split(' ').slice(0, 1),
    output: values.split(' ').slice(1),
    attribute: [{ name: 'alpha', type: Type.FLOAT, refAttrName: 'slope' }],
  })),
};

describe('functions of a model', () => {
  test('become their nodes, each call with values and attributes of its own', () => {
    const { nodes } = readOnnx(file([twice]));
    expect(nodes.map(({ op, attributes }) => [op, attributes['alpha']])).toEqual([
      ['LeakyRelu', 0.5],
      ['LeakyRelu', 0.5],
      ['LeakyRelu', 0.25],
      ['LeakyRelu', 0.25],
    ]);
    expect(nodes.map(({ inputs, outputs }) => `${inputs.join()} > ${outputs.join()}`)).toEqual([
      'x > first/t',
      'first/t > h',
      'h > second/t',
      'second/t > y',
    ]);
  });

  test('may call functions', () => {
    const inner: FunctionInit = { ...twice, name: 'Inner' };
    const outer: FunctionInit = {
      ...twice,
      node: [{ opType: 'Inner', domain: 'own', input: ['a'], output: ['b'] }],
    };
    expect(readOnnx(file([outer, inner])).nodes).toHaveLength(4);
  });

  test('may be written in another operator set than the graph', () => {
    // Bounds of Clip were attributes before opset 11 and are inputs in the graph's own opset 18.
    const clip: FunctionInit = {
      ...twice,
      opsetImport: [{ domain: '', version: 6n }],
      node: [
        {
          opType: 'Clip',
          input: ['a'],
          output: ['b'],
          attribute: [
            { name: 'min', type: Type.FLOAT, f: -1 },
            { name: 'max', type: Type.FLOAT, f: 2 },
          ],
        },
      ],
    };
    const { nodes, constants } = readOnnx(file([clip]));
    const bounds = ({ inputs }: (typeof nodes)[number]): unknown[] =>
      inputs.slice(1).map((name) => constants.get(name)?.data[0]);
    expect(nodes.map((node) => [node.op, ...bounds(node)])).toEqual([
      ['Clip', -1, 2],
      ['Clip', -1, 2],
    ]);
    // The same body in the graph's opset states no bounds at all.
    const modern = readOnnx(file([{ ...clip, opsetImport: opset }]));
    expect(modern.nodes.flatMap(bounds)).toEqual([]);
  });

  test.each<[string, FunctionInit[], string, RegExp]>([
    [
      'that call themselves',
      [{ ...twice, node: [{ opType: 'Twice', domain: 'own', input: ['a'], output: ['b'] }] }],
      'malformed-file',
      /do not call themselves, got one at node "first/,
    ],
    [
      'of an operator set of later years',
      [{ ...twice, opsetImport: [{ domain: '', version: 27n }] }],
      'unsupported-op',
      /operator sets 1 to 26, got 27 from node "first/,
    ],
    [
      'that grow without end',
      Array.from({ length: 30 }, (_, i) => ({
        ...twice,
        name: i === 0 ? 'Twice' : `F${i}`,
        node: [0, 1].map((k) => ({
          opType: `F${i + 1}`,
          domain: 'own',
          input: ['a'],
          output: [k === 0 ? 'b' : 'c'],
        })),
      })),
      'malformed-file',
      /at most 100000 nodes in functions/,
    ],
    ['that are not there', [], 'unsupported-op', /op "Twice" of domain "own" at node "first"/],
  ])('%s are refused', (_, functions, code, message) => {
    expect(() => readOnnx(file(functions))).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error,
    );
  });
});
