import { expect, test } from 'vitest';
import { fitOf } from './fit.ts';

const PHONE = { width: 390, height: 844 };
const SIDEWAYS = { width: 844, height: 390 };

test('a portrait picture fills a phone, a landscape one is shown whole', () => {
  expect(fitOf('camera', { width: 720, height: 1280 }, PHONE)).toBe('cover');
  expect(fitOf('camera', { width: 480, height: 640 }, PHONE)).toBe('cover');
  expect(fitOf('camera', { width: 1280, height: 720 }, PHONE)).toBe('contain');
  expect(fitOf('encoder-video', { width: 1280, height: 720 }, SIDEWAYS)).toBe('cover');
  expect(fitOf('encoder-video', { width: 720, height: 1280 }, SIDEWAYS)).toBe('contain');
});

test('a screen is shown to its edges, and what has no size yet fills its place', () => {
  expect(fitOf('screen', PHONE, PHONE)).toBe('contain');
  expect(fitOf('camera', { width: 0, height: 0 }, PHONE)).toBe('cover');
});
