import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { embedScript } from './embed-script.ts';
import { websocketOnly } from './websocket-only.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const PAGES = ['home', 'new-room', 'room', 'studio', 'desk', 'checkout'] as const;

/**
 * Six pages, one bundle graph. Nothing is inlined: the server sends `script-src 'self'; style-src 'self'`.
 * The server maps routes to the html files and serves /assets as immutable.
 */
export default defineConfig({
  root: here('.'),
  base: '/',
  publicDir: here('public'),
  plugins: [websocketOnly(), embedScript()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: Object.fromEntries(PAGES.map((page) => [page, here(`${page}.html`)])),
    },
  },
});
