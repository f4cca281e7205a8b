import { expect, test } from 'vitest';
import { chooseSpatialLayer } from './layers.rules.ts';

const layer = (widthPx: number, heightPx: number, pixelRatio = 1, layers = 3) =>
  chooseSpatialLayer(layers, { widthPx, heightPx, pixelRatio });

test('[SM3] the lowest of the layers, each half of the next, that fills the element', () => {
  expect([layer(0, 0), layer(320, 180), layer(640, 360), layer(800, 450), layer(1280, 720)]).toEqual([
    0, 0, 1, 1, 2,
  ]);
  expect(layer(1280, 720, 1, 2)).toBe(1);
  expect(layer(4000, 4000, 1, 1)).toBe(0);
});

test('[SM3] dense screens count, but not beyond what an eye sees in motion', () => {
  expect(layer(390, 220)).toBe(0);
  expect(layer(390, 220, 2)).toBe(1);
  expect(layer(300, 170, 4)).toBe(layer(300, 170, 2));
});

test('[SM3] a larger original has larger layers', () => {
  const wanted = { widthPx: 960, heightPx: 540, pixelRatio: 1 };
  expect(chooseSpatialLayer(3, wanted)).toBe(2);
  expect(chooseSpatialLayer(3, wanted, { widthPx: 1920, heightPx: 1080 })).toBe(1);
  expect(chooseSpatialLayer(3, wanted, { widthPx: 1080, heightPx: 1920 })).toBe(1);
});
