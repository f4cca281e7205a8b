import { connect as connectTcp, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

/**
 * Opens a connection to the host of an http or https address. Whoever writes at once is not kept waiting: Node sends it
 * when the connection (and its TLS) is there. Certificates are checked; `NODE_EXTRA_CA_CERTS` names further authorities.
 *
 * @param buffer where bytes arrive; the caller may share it between connections, and uses bytes up in `received`.
 */
export function dial(url: string, buffer: Buffer, received: (bytes: number) => void): Socket {
  const { protocol, hostname, port } = new URL(url);
  const tls = protocol === 'https:';
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const options: TcpNetConnectOpts = {
    host,
    port: port === '' ? (tls ? 443 : 80) : Number(port),
    noDelay: true,
    onread: {
      buffer,
      callback: (bytes) => {
        received(bytes);
        return true;
      },
    },
  };
  if (!tls) return connectTcp(options);
  // `onread` is documented for TLS as well, but not typed.
  const secure: ConnectionOptions = { ...options, ALPNProtocols: ['http/1.1'] };
  // Names only (RFC 6066, section 3).
  if (isIP(host) === 0) secure.servername = host;
  return connectTls(secure);
}
