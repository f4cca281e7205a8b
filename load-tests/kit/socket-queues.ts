import { readFileSync } from 'node:fs';

/**
 * Bytes that wait in the kernel to be sent, of each IPv4 connection to a local port, from /proc/net/tcp (Linux).
 * Empty where there is no such file.
 */
export function sendQueues(localPort: number): number[] {
  let lines: string[];
  try {
    lines = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
  return parseSendQueues(lines, localPort);
}

/** `sl local_address rem_address st tx_queue:rx_queue …`, numbers in hex; see proc(5). */
export function parseSendQueues(lines: readonly string[], localPort: number): number[] {
  const port = `:${localPort.toString(16).toUpperCase().padStart(4, '0')}`;
  const queues: number[] = [];
  for (const line of lines) {
    const [, local, , state, queue] = line.trim().split(/\s+/);
    // 01 is ESTABLISHED.
    if (local?.endsWith(port) && state === '01') queues.push(Number.parseInt(queue?.split(':')[0] ?? '', 16));
  }
  return queues;
}
