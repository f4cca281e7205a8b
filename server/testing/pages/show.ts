import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type HttpNode, httpNode, TEST_DEMO_SECRETS } from '../../http/testing.ts';
import { eventually } from '../eventually.ts';
import type { Harness } from '../harness.ts';
import { axeProblems } from './axe.ts';
import { FAKE_DEVICES, openBrowser, type Person } from './browser.ts';
import { filmedCamera } from './camera.ts';

type Size = { width: number; height: number };
export type Language = 'en' | 'zh-CN';

/** A room with everything: a relay, the demo's shop, a shelf with pictures, a camera that shows them. */
export type ShowRoom = {
  node: HttpNode;
  roomId: string;
  open(page: 'r' | 'studio' | 'desk', who: Visitor): Promise<Person>;
  /** Has axe look at what a page shows, and keeps a picture of it where those were asked for. */
  shoot(person: Person, name: string): Promise<void>;
  closePages(): Promise<void>;
  close(): void;
};
type Visitor = { userId: string; name: string; role: 'host' | 'moderator' | 'viewer'; size: Size };

const GOODS = {
  en: { linen: 'Linen shirt', tea: 'Tea set for four', mug: 'Ceramic mug', tote: 'Canvas tote' },
  'zh-CN': { linen: '亚麻衬衫', tea: '四人茶具', mug: '手作陶杯', tote: '帆布袋' },
} as const;
const PICTURES = { linen: 'linen-shirt', tea: 'tea-set', mug: 'ceramic-mug', tote: 'canvas-tote' } as const;
const PRICES = { linen: 12_900, tea: 19_900, mug: 5_900, tote: 4_900 } as const;

/** `LIVESTALL_SCREENSHOTS`: a folder for pictures of every state. Without, none are taken. */
const screenshots = process.env.LIVESTALL_SCREENSHOTS;

export async function openShowRoom(harness: Harness, language: Language): Promise<ShowRoom> {
  const { LIVESTALL_MEDIA_WORKER_BIN: bin } = process.env;
  const node = await httpNode(harness, {
    config: {
      ...{ demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret, media: true, mediaWorkers: 1 },
      ...(bin === undefined ? {} : { mediaWorkerBin: bin }),
    },
    demoSecrets: TEST_DEMO_SECRETS,
  });
  const goods = Object.entries(GOODS[language]) as [keyof typeof PICTURES, string][];
  const roomId = await harness.room(
    node,
    goods.map(([key, title]) => ({
      ...{ title, priceMinor: PRICES[key], imageUrl: `/demo/${PICTURES[key]}.svg` },
      productId: key,
    })),
  );
  const isChinese = language === 'zh-CN';
  await node.core.stores.room.update(
    roomId,
    {
      ...{ title: isChinese ? '亚麻小屋' : 'Linen House', hostName: isChinese ? '林林' : 'Lin' },
      ...{ checkoutUrl: '/checkout?ref={ref}', sellerContact: 'Linen House, help@linen.example' },
    },
    'tests',
  );
  const people: Person[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'livestall-camera-'));
  const camera = await filmedCamera(join(folder, 'film.mjpeg'));
  let shots = 0;
  return {
    ...{ node, roomId },
    async open(page, { userId, name, role, size }) {
      const flags = page === 'studio' ? [...FAKE_DEVICES, ...camera] : [];
      const person = await openBrowser(size, flags);
      people.push(person);
      if (page === 'studio') await person.page.addInitScript(holdUpright);
      const token = await node.token({ userId, name, role, room: roomId });
      await person.page.goto(`${node.url}/${page}/${roomId}?lang=${language}#token=${token}`);
      await eventually(async () => expect(await person.state('connection').catch(() => '')).toBe('online'), {
        withinMs: 20_000,
      });
      return person;
    },
    async shoot({ page }, name) {
      shots += 1;
      expect([name, await axeProblems(page)]).toEqual([name, []]);
      if (screenshots === undefined) return;
      mkdirSync(screenshots, { recursive: true });
      const number = String(shots).padStart(2, '0');
      await page.screenshot({ path: join(screenshots, `${language}-${number}-${name}.png`) });
    },
    async closePages() {
      for (const person of people.splice(0)) await person.close();
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs in the page: asks for what a phone gives that is held upright, whose camera turns with it. */
function holdUpright(): void {
  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (wish) => {
    const video = wish?.video;
    if (typeof video !== 'object') return open(wish);
    const { width, height, ...rest } = video;
    return open({
      ...wish,
      video: { ...rest, ...(height && { width: height }), ...(width && { height: width }) },
    });
  };
}
