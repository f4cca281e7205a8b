import type { Config } from '../config/schema.ts';
import { isLoopback } from '../config/values.ts';
import { DEMO_ROOM_ID } from '../demo/people.ts';
import type { DemoSecrets } from '../demo/secrets.ts';

/** What the server prints once it listens: where everything is. */
export function banner(config: Config, port: number, secrets: DemoSecrets | undefined): string {
  const base = addressFor(config, port);
  const rows: [string, string][] = secrets
    ? [
        ['Viewer', `${base}/r/${DEMO_ROOM_ID}`],
        ['Studio', `${base}/studio/${DEMO_ROOM_ID}#code=${secrets.hostCode}`],
        ['Desk', `${base}/desk/${DEMO_ROOM_ID}#code=${secrets.moderatorCode}`],
        ['API', `${base}/api/docs   (key: ${secrets.apiKey})`],
      ]
    : [
        ['Rooms', `${base}/`],
        ['API', `${base}/api/docs`],
        ['Ready', `${base}/readyz`],
      ];
  const told = config.audience > 0 ? [`  ${config.audience} simulated viewers, marked as such.`, ''] : [];
  const lines = rows.map(([name, address]) => `  ${name.padEnd(8)}${address}`);
  const title = secrets ? 'Livestall is live (demo)' : 'Livestall is live';
  return ['', title, ...lines, '', ...told, '  Ctrl-C stops it and keeps the data.', '', ''].join('\n');
}

/** An address that a browser on this machine can open. */
export function addressFor(config: Config, port: number): string {
  if (config.publicUrl !== undefined) return config.publicUrl;
  const everywhere = config.host === '0.0.0.0' || config.host === '::';
  const host = everywhere || isLoopback(config.host) ? 'localhost' : config.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
