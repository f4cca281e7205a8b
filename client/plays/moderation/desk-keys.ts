/** The keys of the desk. One letter each, and only while nothing is being typed. */

export const DESK_KEYS = {
  j: 'next',
  k: 'previous',
  d: 'delete',
  h: 'hold',
  s: 'approve',
  m: 'mute',
  t: 'choose-time',
  b: 'ban',
  p: 'pin',
  u: 'undo',
  1: 'show-all',
  2: 'show-held',
  3: 'show-reported',
  4: 'show-new',
  5: 'show-links',
  '/': 'search',
  '?': 'help',
} as const;
export type DeskCommand = (typeof DESK_KEYS)[keyof typeof DESK_KEYS];

type Press = {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  repeat: boolean;
  isComposing: boolean;
  /** Whether the focus is where text goes, or in a dialog. */
  isTyping: boolean;
};

/** Null: the key is not the desk's, or is the browser's or a field's own. */
export function deskCommand(press: Press): DeskCommand | null {
  if (press.isTyping || press.isComposing || press.ctrlKey || press.metaKey || press.altKey) return null;
  const key = press.key.toLowerCase();
  if (!Object.hasOwn(DESK_KEYS, key)) return null;
  const command = DESK_KEYS[key as keyof typeof DESK_KEYS];
  // A held-down key moves on, but acts once.
  if (press.repeat && command !== 'next' && command !== 'previous') return null;
  return command;
}

const TYPED = new Set(['', 'text', 'search', 'email', 'url', 'tel', 'number', 'password', 'date', 'time']);

/** Whether keys belong to the element: fields and choices, and everything in a dialog. */
export function takesKeys(element: Element | null): boolean {
  if (!(element instanceof HTMLElement)) return false;
  if (element.closest('dialog[open]') !== null) return true;
  if (element instanceof HTMLInputElement) return TYPED.has(element.type);
  return (
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement ||
    element.isContentEditable
  );
}
