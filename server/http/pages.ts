import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { roomIdSchema } from '../../shared/kernel/units.ts';
import type { Config } from '../config/schema.ts';
import { notFound } from './respond.ts';
import { securityHeaders } from './security.ts';

/** Which built page an address shows. Vite builds the same names, see client/vite.config.ts. */
export const PAGES = {
  '/': 'home.html',
  '/new': 'new-room.html',
  '/r/:roomId': 'room.html',
  '/studio/:roomId': 'studio.html',
  '/desk/:roomId': 'desk.html',
} as const;

/** Pages that only a demo has. */
export const DEMO_PAGES = { '/checkout': 'checkout.html' } as const;

/** `<livestall-room>` keeps its address: browsers ask again after five minutes, and know by its ETag whether it is new. */
const EMBED_CACHE = 'public, max-age=300, stale-while-revalidate=3600';

const NOT_BUILT = `The pages of Livestall are not built yet.

Run this in the folder of Livestall, then load this page again:

  npm run build
`;

/** The built client. Names under /assets carry a hash of their content, so they never change. */
export function createPages(config: Config, clientDir: string): Router {
  const router = Router();
  const pages = { ...PAGES, ...(config.demo ? DEMO_PAGES : {}) };
  for (const [path, file] of Object.entries(pages)) {
    const framing = path.startsWith('/r/') ? 'allowed-origins' : 'nobody';
    router.get(path, securityHeaders(config, framing), page(clientDir, file));
  }
  router.get('/embed.js', forEveryPage, page(clientDir, 'embed.js', EMBED_CACHE));
  router.use(
    '/assets',
    express.static(join(clientDir, 'assets'), {
      immutable: true,
      maxAge: '1y',
      index: false,
      fallthrough: false,
    }),
  );
  router.use((request, response, next) => {
    // Pages have addresses of their own, with the right headers.
    if (request.path.endsWith('.html')) notFound(request, response);
    else next();
  });
  router.use(express.static(clientDir, { maxAge: '1h', index: false, dotfiles: 'ignore', redirect: false }));
  return router;
}

/** Loaded by the pages of shops, also as a module and where they are isolated. Nothing in it depends on who asks. */
const forEveryPage: RequestHandler = (_request, response, next) => {
  response.set({ 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' });
  next();
};

function page(clientDir: string, file: string, cacheControl = 'no-cache'): RequestHandler {
  return (request: Request, response: Response, next) => {
    const { roomId } = request.params;
    if (roomId !== undefined && !roomIdSchema.safeParse(roomId).success) {
      notFound(request, response);
      return;
    }
    if (!existsSync(join(clientDir, file))) {
      response.status(503).type('text/plain').set('Cache-Control', 'no-store').send(NOT_BUILT);
      return;
    }
    response.sendFile(
      file,
      { root: clientDir, cacheControl: false, headers: { 'Cache-Control': cacheControl } },
      (error) => {
        if (error) next(error);
      },
    );
  };
}
