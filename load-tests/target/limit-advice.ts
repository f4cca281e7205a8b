import { envOf } from '../../server/config/setting.ts';
import { type SettingName, settings } from '../../server/config/settings.ts';

/** What a crowd wants of a deployment. All of it comes from one address, unlike real viewers. */
export type Wanted = { connections?: number; commandsPerSecond?: number };

/** What Engine.IO answers an upgrade that `allowRequest` refuses. */
export const REFUSED_UPGRADE = 'HTTP/1.1 400 Bad Request: Forbidden';

/** Room for the checks, and for tabs that are open at the same time. */
const SPARE_CONNECTIONS = 50;

/** What the server has unless told otherwise was not enough, whatever we reckon. */
function raise(name: SettingName, to: number): string {
  const unlessSet = Number(settings[name].defaultValue);
  return `${envOf(name)}=${Math.ceil(Math.max(to, unlessSet * 2))} (${unlessSet} unless set)`;
}

/**
 * What an operator changes for the time of a load test, from what was refused.
 *
 * @param refusals how often what was refused; any texts with error codes in them.
 * @returns sentences; none when no limit was met.
 */
export function limitAdvice(refusals: Readonly<Record<string, number>>, wanted: Wanted): string[] {
  const times = (code: string): number =>
    Object.entries(refusals).reduce((total, [text, n]) => total + (text.includes(code) ? n : 0), 0);
  const { connections = 1000, commandsPerSecond = 1000 } = wanted;
  const advice: string[] = [];
  // Those that are about to say who they are count as well, and are refused before they can be told why.
  const connectionsRefused = times('TOO_MANY_CONNECTIONS') + times(REFUSED_UPGRADE);
  if (connectionsRefused > 0) {
    advice.push(
      `${connectionsRefused} connections were refused (TOO_MANY_CONNECTIONS): all bots come from one address. For the time of the test, start the server with ${raise('maxConnectionsPerAddress', connections + SPARE_CONNECTIONS)}.`,
    );
  }
  const commandsRefused = times('RATE_LIMITED');
  if (commandsRefused > 0) {
    advice.push(
      `${commandsRefused} commands were refused (RATE_LIMITED): all bots come from one address. For the time of the test, start the server with ${raise('commandsPerSecondPerAddress', commandsPerSecond * 2)} and ${raise('commandsBurstPerAddress', commandsPerSecond * 4)}.`,
    );
  }
  // In quotes: the code of a connection that was refused. Commands that are told BUSY come back by themselves.
  const busy = times('"BUSY"');
  if (busy > 0) {
    advice.push(
      `${busy} connections were told to come back later (BUSY): the server takes so many a second. For the time of the test, start it with ${raise('handshakesPerSecond', connections)}.`,
    );
  }
  if (connectionsRefused + commandsRefused > 0) {
    advice.push(
      `Behind a proxy, ${envOf('trustedProxyHops')} must be right as well, or everybody has the proxy's address.`,
    );
  }
  const noPort = times('EADDRNOTAVAIL');
  if (noPort > 0) {
    advice.push(
      `${noPort} connections found no free port on this machine: widen net.ipv4.ip_local_port_range, or lower --viewers.`,
    );
  }
  const noFile = times('EMFILE') + times('ENFILE');
  if (noFile > 0) advice.push(`${noFile} connections found no free file descriptor: raise \`ulimit -n\`.`);
  return advice;
}
