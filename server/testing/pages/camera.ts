import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openBrowser } from './browser.ts';

/** A camera for Chromium that shows a seller's table instead of a test pattern. */

const PICTURES = fileURLToPath(new URL('../../../client/public/demo/', import.meta.url));
const SIZE = { width: 720, height: 1280 };
const FRAMES = 20;

const picture = (name: string): string =>
  `data:image/svg+xml;base64,${readFileSync(`${PICTURES}${name}.svg`).toString('base64')}`;

const SCENE = `
<style>
  body { margin: 0; overflow: hidden; background: linear-gradient(#c9b79f, #e9dcc6 58%, #b9a284 58%, #8c7355); }
  .light { position: absolute; left: 90px; top: 40px; width: 420px; height: 560px; opacity: .5; transform: skewX(-12deg);
    background: linear-gradient(90deg, #fff6 45%, transparent 45% 55%, #fff6 55%), linear-gradient(#fff8, #fff2); }
  .rail { position: absolute; top: 190px; left: -20px; width: 780px; height: 12px; background: #6b5137; border-radius: 6px; }
  img { position: absolute; filter: drop-shadow(0 18px 22px #3a281a55); }
  .shirt { left: 150px; top: 170px; width: 440px; transform-origin: 50% 0; }
  .tea { left: 30px; top: 760px; width: 330px; }
  .mug { left: 400px; top: 800px; width: 250px; }
</style>
<div class="light"></div><div class="rail"></div>
<img class="shirt" src="${picture('linen-shirt')}"><img class="tea" src="${picture('tea-set')}"><img class="mug" src="${picture('ceramic-mug')}">`;

/** Writes the film, a shirt that swings on its rail, and gives the flags of a Chromium with this camera. */
export async function filmedCamera(file: string): Promise<string[]> {
  const { page, close } = await openBrowser(SIZE);
  try {
    await page.setContent(SCENE);
    const frames: Buffer[] = [];
    for (let n = 0; n < FRAMES; n += 1) {
      await page.evaluate((turn) => {
        const shirt = document.querySelector<HTMLElement>('.shirt');
        if (shirt !== null) shirt.style.transform = `rotate(${2.5 * Math.sin(2 * Math.PI * turn)}deg)`;
      }, n / FRAMES);
      frames.push(await page.screenshot({ type: 'jpeg', quality: 80 }));
    }
    writeFileSync(file, Buffer.concat(frames));
  } finally {
    await close();
  }
  return [`--use-file-for-fake-video-capture=${file}`];
}
