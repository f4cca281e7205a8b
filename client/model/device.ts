const KEPT_AS = 'livestall:device';
const NAME = /^[a-z0-9]{8,64}$/;

/**
 * A random name for this device, kept between visits, so that a room can keep the device of a banned user out. It says
 * nothing about the device; the server keeps a keyed hash of it.
 */
export function deviceName(
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes),
): string {
  const kept = storage.getItem(KEPT_AS);
  if (kept !== null && NAME.test(kept)) return kept;
  const name = [...random(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  try {
    storage.setItem(KEPT_AS, name);
  } catch {
    // Storage is full or closed to pages: it lasts for this visit.
  }
  return name;
}
