import type { DeclaredValue, Preprocessing } from '@floatpath/core';
import { asReader } from '../as-reader.js';
import { inputShapeOf, type Architecture } from '../keras/architecture.js';
import { inputLayoutOf } from '../keras/input-layout.js';
import { signatureOf, unread } from './graph-model.js';
import { layersArchitecture } from './layers-model.js';
import { readModelJson, type TfjsModelJson } from './model-json.js';
import { graphNode, isFloatType, tfShape, tfType } from './node-attributes.js';
import { tfjsFiles } from './read-tfjs.js';
import { isPlaceholder } from './shape-nodes.js';

interface DeclaredTfjs {
  readonly inputs: readonly DeclaredValue[];
  readonly outputs: readonly DeclaredValue[];
  readonly inputLayout?: Preprocessing['layout'];
}

const shapeOf = (stated: readonly unknown[]): NonNullable<DeclaredValue['shape']> =>
  stated.map((extent, axis) => {
    if (typeof extent === 'number' && extent > 0) return extent;
    return axis === 0 ? 'batch' : 'unknown';
  });

function declaredLayers(model: Architecture): DeclaredTfjs {
  const inputs = model.inputs.map(({ layer }): DeclaredValue => {
    const settings = model.layers.find(({ name }) => name === layer)?.settings ?? {};
    const shape = inputShapeOf(settings);
    const dtype = settings['dtype'];
    return {
      name: layer,
      dtype: typeof dtype === 'string' ? dtype : 'float32',
      ...(Array.isArray(shape) ? { shape: shapeOf(shape) } : {}),
    };
  });
  const layout = inputLayoutOf(model);
  return {
    inputs,
    outputs: model.outputs.map(({ layer }) => ({ name: layer, dtype: 'float32' })),
    ...(layout === undefined ? {} : { inputLayout: layout }),
  };
}

function declaredGraph({ topology, all }: TfjsModelJson): DeclaredTfjs {
  const nodes = (topology['node'] as readonly unknown[]).map(graphNode);
  const signature = signatureOf(all);
  const inputs = nodes.filter(isPlaceholder).map((node): DeclaredValue => {
    const shape = tfShape(node, 'shape') ?? signature.shapes.get(node.name);
    const type = tfType(node, 'dtype');
    return {
      name: node.name,
      dtype: isFloatType(type) ? 'float32' : String(type).replace(/^DT_/, '').toLowerCase(),
      ...(shape === undefined ? {} : { shape: shapeOf(shape) }),
    };
  });
  const outputs = signature.outputs.length > 0 ? signature.outputs : unread(nodes);
  return {
    inputs,
    outputs: outputs.map((name) => ({ name, dtype: 'float32' })),
    ...(inputs[0]?.shape?.length === 4 ? { inputLayout: 'nhwc' } : {}),
  };
}

/**
 * What a TensorFlow.js model declares of its inputs and outputs; its layers or nodes are not looked at, so that any may be among them.
 *
 * @param archive - as `tfjsArchive` makes it
 * @throws {FloatpathError} `malformed-file`; `unsupported-op` for a model class with code of its own
 */
export function declaredTfjs(archive: Uint8Array): DeclaredTfjs {
  return asReader('readTfjs', () => {
    const model = readModelJson(tfjsFiles(archive).modelJson);
    return model.kind === 'tfjs-graph'
      ? declaredGraph(model)
      : declaredLayers(layersArchitecture(model.topology).model);
  });
}
