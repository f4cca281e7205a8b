import './avatar.css';

/** A round initial in one of a few calm colours; the same name always gets the same one. */
export function Avatar({ name, size = 32 }: { name: string; size?: number }) {
  const initial = [...name.trim()][0] ?? '?';
  return (
    <span
      class={`avatar tone-${toneOf(name)}`}
      aria-hidden="true"
      style={{ width: `${size}px`, height: `${size}px`, fontSize: `${Math.round(size * 0.45)}px` }}
    >
      {initial.toLocaleUpperCase()}
    </span>
  );
}

export const TONES = 6;

/** 0 to 5, from the text alone. */
export function toneOf(text: string): number {
  let hash = 7;
  for (let i = 0; i < text.length; i += 1) hash = (hash * 31 + text.charCodeAt(i)) >>> 0;
  return hash % TONES;
}
