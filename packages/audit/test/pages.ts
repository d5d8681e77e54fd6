/** What may be in a page: elements of ours, each of them harmless without script. */
const allowedTags = new Set(
  'html head meta title style body header main footer nav section article h1 h2 h3 h4 p pre span strong div ul li a dl dt dd figure figcaption img details summary table caption thead tbody tr th td svg path rect circle text image'.split(
    ' ',
  ),
);

/** Why a page may not be shown: tags, attributes or addresses that a name brought in. */
export function problemsOf(html: string): string[] {
  const problems: string[] = [];
  const outsideStyle = html.replace(/<style>[^<]*<\/style>/, '<style></style>');
  for (const [, tag = '', attributes = ''] of outsideStyle.matchAll(
    /<\/?([a-zA-Z][^\s>/]*)((?:\s[^\s=>]+(?:="[^"]*")?)*)\s*>/g,
  )) {
    if (!allowedTags.has(tag)) problems.push(`tag ${tag}`);
    for (const [, name = '', value = ''] of attributes.matchAll(/\s([^\s=]+)="([^"]*)"/g)) {
      if (/^on/i.test(name)) problems.push(`handler ${name}`);
      if (/javascript:/i.test(value)) problems.push(`address ${value}`);
    }
  }
  const text = outsideStyle.replace(/<[^>]*>/g, '');
  if (/[<>]/.test(text)) problems.push('a stray angle bracket');
  for (const [address] of html.matchAll(/https?:[^"\s<]*/g)) {
    if (address !== 'http://www.w3.org/2000/svg') problems.push(`address ${address}`);
  }
  return problems;
}

/** Reads escaped text back. */
export function unescapeText(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

/** Titles of the marks of an SVG. */
export function titlesOf(svg: string): string[] {
  return [...svg.matchAll(/<title>([^<]*)<\/title>/g)].map(([, text = '']) => unescapeText(text));
}
