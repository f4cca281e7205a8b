import type { Plugin } from 'vite';

const TABLE = /engine\.io-client\/build\/esm\/transports\/index\.js$/;
const UNUSED = /engine\.io-client\/build\/esm\/transports\/(polling|webtransport)/;

/**
 * Leaves long polling and WebTransport out of the bundle: the protocol is WebSocket only, but the library
 * puts all its transports into one table, and one of them probes the browser when it is loaded. Without this
 * nothing breaks, only 4 kB more are sent.
 */
export function websocketOnly(): Plugin {
  return {
    name: 'livestall:websocket-only',
    enforce: 'pre',
    transform(code, id) {
      if (UNUSED.test(id)) return { code, map: null, moduleSideEffects: false };
      if (!TABLE.test(id)) return null;
      if (!code.includes('websocket'))
        this.error('engine.io-client has changed: look at its transports again');
      return {
        code: `import { WS } from './websocket.js'; export const transports = { websocket: WS };`,
        map: null,
      };
    },
  };
}
