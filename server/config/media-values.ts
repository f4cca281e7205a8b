import { isIP } from 'node:net';
import { z } from 'zod';

/** Schemas of values about media. Messages continue the sentence "<name>: …". */

export const ipSchema = z
  .string()
  .refine((text) => isIP(text) !== 0, 'expected an IPv4 or IPv6 address, such as 10.0.0.5');

export type MediaAddress = { readonly ip: string; readonly announced: string | undefined };

/** `<ip>` or `<ip>=<address or host name that browsers reach it by>`. */
export const mediaAddressSchema = z.string().transform((text, context): MediaAddress => {
  const [ip = '', announced] = text.split('=');
  const wrong = (message: string): never => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (isIP(ip) === 0)
    return wrong(`expected an address such as 10.0.0.5 or 10.0.0.5=203.0.113.5, not "${text}"`);
  if (announced === undefined && /^(0\.0\.0\.0|::)$/.test(ip))
    return wrong(`browsers cannot connect to ${ip}: say what they reach it by, such as ${ip}=203.0.113.5`);
  if (
    announced !== undefined &&
    isIP(announced) === 0 &&
    !/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(announced)
  )
    return wrong(`expected an address or a host name behind "=", not "${announced}"`);
  return { ip, announced };
});

export type PortRange = { readonly min: number; readonly max: number };

/** `<first>-<last>`; undefined where it is no range of ports that programs may open. */
export function parsePortRange(text: string): PortRange | undefined {
  const [, min = 0, max = 0] = /^(\d{1,5})-(\d{1,5})$/.exec(text)?.map(Number) ?? [];
  return min >= 1024 && max <= 65_535 && min < max ? { min, max } : undefined;
}

export const portRangeSchema = z
  .string()
  .refine(
    (text) => parsePortRange(text) !== undefined,
    'expected a range from 1024 to 65535, such as 40000-49999',
  );

/** RFC 7064 and 7065. */
export function iceUrlSchema(scheme: 'stun' | 'turn') {
  const pattern = new RegExp(
    `^${scheme}s?:(\\[[0-9A-Fa-f:]+\\]|[A-Za-z0-9.-]+)(:\\d{1,5})?${scheme === 'turn' ? '(\\?transport=(udp|tcp))?' : ''}$`,
  );
  return z.string().regex(pattern, `expected an address such as ${scheme}:${scheme}.example.com:3478`);
}
