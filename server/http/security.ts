import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Config } from '../config/schema.ts';

/** A host with an optional port, as browsers send it; anything else is not put into a header. */
const PLAIN_HOST = /^[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/i;

export type Framing = 'nobody' | 'allowed-origins';

/**
 * Security headers. No inline script or style, no foreign code. `'self'` covers sockets in current
 * browsers, but not in older Safari, so the socket's own address is named as well.
 */
export function securityHeaders(config: Config, framing: Framing): RequestHandler {
  const ancestors = framing === 'nobody' ? ["'none'"] : ["'self'", ...config.allowedOrigins];
  /*
   * A host may name a past show on any https server. Browsers that don't play HLS themselves fetch its pieces by script, so
   * that `media-src` is not enough. Only rooms show replays; nothing that is fetched there is run.
   */
  const replays = framing === 'allowed-origins' ? ['https:'] : [];
  const publicHost = config.publicUrl === undefined ? undefined : new URL(config.publicUrl).host;
  const socketsOf = (request: IncomingMessage, _response: ServerResponse): string => {
    const { host } = request.headers;
    const hosts = new Set([host !== undefined && PLAIN_HOST.test(host) ? host : undefined, publicHost]);
    return [
      "'self'",
      ...[...hosts].flatMap((each) => (each === undefined ? [] : [`ws://${each}`, `wss://${each}`])),
      ...replays,
    ].join(' ');
  };
  const set = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'https:'],
        fontSrc: ["'self'"],
        mediaSrc: ["'self'", 'blob:', ...replays],
        connectSrc: [socketsOf],
        manifestSrc: ["'self'"],
        workerSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ancestors,
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    // `frame-ancestors` says it better; both together confuse.
    xFrameOptions: framing === 'nobody' ? { action: 'deny' } : false,
    strictTransportSecurity: config.publicUrl?.startsWith('https:')
      ? { maxAge: 31_536_000, includeSubDomains: false }
      : false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  return (request, response, next) => {
    // A page may loosen what was set for everything before it.
    response.removeHeader('X-Frame-Options');
    set(request, response, next);
  };
}
