/** Command lines that people can start from, by command; shown under its help. */
export const commandExamples: Readonly<Record<string, readonly string[]>> = {
  audit: [
    'floatpath audit',
    'floatpath audit model.onnx --data npz:images.npz --norm linf --epsilon 8/255 --sigma 0.25',
    'floatpath audit old.onnx new.onnx --data dir:photos --norm l2 --epsilon 1 --sigma 0.5 --mean .5 --std .25',
    'floatpath audit --config floatpath.config.json --dry-run',
  ],
  inspect: ['floatpath inspect model.onnx', 'floatpath inspect model.onnx --json'],
  run: [
    'floatpath run model.onnx --input images.npy --output logits.npy',
    'floatpath run model.onnx --input inputs.npz --output outputs.npz',
  ],
  convert: [
    'floatpath convert model.h5 model.onnx',
    'floatpath convert old.onnx new.onnx --repair-batch',
  ],
  falsify: [
    'floatpath falsify model.onnx property.vnnlib',
    'floatpath falsify model.onnx property.vnnlib.gz --timeout 300',
  ],
  explain: [
    'floatpath explain model.onnx --data npz:images.npz --norm linf --epsilon 8/255',
    'floatpath explain model.onnx --data npz:images.npz --adversarial theirs.npz',
    'floatpath explain model.onnx --data mnist:sample --norm linf --epsilon 0.05 --neighborhood ball --limit 20',
  ],
  stability: [
    'floatpath stability model.onnx --data npz:images.npz --epsilon 2/255,8/255',
    'floatpath stability model.onnx --data dir:photos --norm l2 --epsilon 0.5 --evidence alpha-crown --limit 10',
  ],
  regions: [
    'floatpath regions model.onnx --data npz:images.npz --plane 0,1,2',
    'floatpath regions model.onnx --data mnist:sample --plane 3,8,5 --out regions.svg --most 50000',
  ],
  attack: [
    'floatpath attack model.onnx --data npz:images.npz --norm linf --epsilon 8/255',
    'floatpath attack model.onnx --data mnist:sample --norm l2 --epsilon 1 --limit 50 --out adv.npz',
    'floatpath attack model.onnx --data npz:images.npz --norm linf --epsilon 2/255,4/255,8/255',
    'floatpath attack model.onnx --data npz:images.npz --norm linf --epsilon 8/255 --attack pgd --targets random',
    'floatpath attack https://example.com/predict --data npz:images.npz --norm l2 --epsilon 1 --attack square',
    'floatpath attack https://example.com/label --data npz:images.npz --norm linf --epsilon 8/255 --attack hopskipjump,rays --queries 2000',
  ],
  'verify-attack': [
    'floatpath verify-attack model.onnx adv.npz',
    'floatpath verify-attack model.onnx theirs.npz --norm linf --epsilon 8/255',
  ],
  certify: [
    'floatpath certify model.onnx --data npz:images.npz --sigma 0.25',
    'floatpath certify model.onnx --data npz:images.npz --sigma 0.5 --n 100000 --out counts.jsonl --resume',
    'floatpath certify model.onnx --data npz:images.npz --sigma 0.5 --shard 1/8 --out part-1.jsonl',
    'floatpath certify model.onnx --data npz:images.npz --sigma 0.25 --anchor denoised --calibration calibration.json',
    'floatpath certify model.onnx --data npz:images.npz --sigma 0.5 --redis redis://localhost:6379',
    'floatpath certify https://example.com/predict --data npz:images.npz --sigma 0.25 --secret-header authorization=MODEL_TOKEN',
  ],
  worker: ['floatpath worker model.onnx --redis redis://localhost:6379 --idle 600'],
  predict: ['floatpath predict model.onnx --data npz:images.npz --sigma 0.25'],
  merge: ['floatpath merge part-1.jsonl part-2.jsonl --out counts.jsonl'],
  compare: ['floatpath compare plain.jsonl other.jsonl --radii 0.25,0.5'],
  check: ['floatpath log check results.tsv --sigma 0.5 --n 100000 --alpha 0.001'],
  calibrate: [
    'floatpath calibrate model.onnx --data npz:train.npz --sigma 0.25 --out calibration.json',
  ],
  refute: [
    'floatpath refute model.onnx --data npz:images.npz --sigma 0.25 --anchor center',
    'floatpath refute model.onnx --data npz:images.npz --sigma 0.25 --among all',
  ],
  reproduce: ['floatpath reproduce', 'floatpath reproduce --size full --page reproduction.md'],
  export: ['floatpath export model.onnx --calibration calibration.json --out repressed.onnx'],
  gate: [
    'floatpath gate floatpath-report/report.json --rule "certified@0.5 >= 0.6" --rule "clean >= 0.95"',
    'floatpath gate --update-baseline',
    'floatpath gate --format junit,markdown,github',
  ],
  init: [
    'floatpath init                 # the two bundled networks, to try audit and gate',
    'floatpath init model.onnx      # a model of yours; edit data, norm, epsilon and sigma',
  ],
  completion: [
    'floatpath completion bash >> ~/.bashrc',
    'floatpath completion zsh > "${fpath[1]}/_floatpath"',
    'floatpath completion fish > ~/.config/fish/completions/floatpath.fish',
  ],
};

/** The block under a command's help; nothing for a command without examples. */
export function examplesText(command: string): string {
  const lines = commandExamples[command] ?? [];
  return lines.length === 0 ? '' : ['\nExamples:', ...lines.map((line) => `  ${line}`)].join('\n');
}
