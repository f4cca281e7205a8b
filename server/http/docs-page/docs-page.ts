import { fileURLToPath } from 'node:url';
import { Router } from 'express';
import type { OpenApiDocument } from '../openapi.ts';
import { renderDocs } from './render.ts';

const STYLE = fileURLToPath(new URL('./docs.css', import.meta.url));

/** The readable page of the API, made once from its document. No script, no foreign files. */
export function createDocsPage(document: OpenApiDocument): Router {
  const router = Router({ strict: false });
  const page = renderDocs(document);
  router.get('/', (_request, response) => {
    response.set('Cache-Control', 'no-cache').type('html').send(page);
  });
  router.get('/docs.css', (_request, response, next) => {
    response.sendFile(STYLE, { maxAge: '1h' }, (error) => {
      if (error) next(error);
    });
  });
  return router;
}
