import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** The browser that CHROMIUM names, else the first on the path. */
export function findChromium(env) {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const places = env.CHROMIUM
    ? [env.CHROMIUM]
    : names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
