/** One set of line icons on a 24 px grid, drawn for this project. They never carry meaning alone. */
const PATHS = {
  bag: 'M5.5 8.5h13l1 10a2 2 0 0 1-2 2.2h-11a2 2 0 0 1-2-2.2zM8.5 11V7.2a3.5 3.5 0 0 1 7 0V11',
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4',
  chat: 'M4.5 6.5a2 2 0 0 1 2-2h11a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H11l-4.5 4v-4h0a2 2 0 0 1-2-2z',
  check: 'm5 12.5 4.6 4.6L19 7.5',
  chevron: 'm9 5.5 6.5 6.5L9 18.5',
  clock: 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zm0 3.8V12l3 2.2',
  close: 'm6 6 12 12M18 6 6 18',
  down: 'm5.5 9.5 6.5 6.5 6.5-6.5',
  edit: 'm5 19 1-4.2L15.8 5a1.6 1.6 0 0 1 2.3 0l.9.9a1.6 1.6 0 0 1 0 2.3L9.2 18z',
  eye: 'M2.8 12S6 6 12 6s9.2 6 9.2 6-3.2 6-9.2 6-9.2-6-9.2-6zM12 9.6a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8z',
  globe:
    'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zm-8 8h16M12 4c2.6 2.4 3.6 5 3.6 8s-1 5.6-3.6 8c-2.6-2.4-3.6-5-3.6-8s1-5.6 3.6-8z',
  info: 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zm0 7v5m0-8.4v.1',
  live: 'M12 10.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6zM8 16.2a6 6 0 0 1 0-8.4m8 0a6 6 0 0 1 0 8.4M5.3 18.9a9.8 9.8 0 0 1 0-13.8m13.4 0a9.8 9.8 0 0 1 0 13.8',
  moon: 'M19.5 14.2A8 8 0 0 1 9.8 4.5a8 8 0 1 0 9.7 9.7z',
  off: 'M4 4.5 19.5 20M8.5 14.5a5 5 0 0 1 5-1.2M5 11a10 10 0 0 1 4.2-2.4M19 11a10 10 0 0 0-5.8-2.9M12 18.4v.1',
  pause: 'M8.5 6v12M15.5 6v12',
  person: 'M12 4.5a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 0 1 0-7.2zM5 19.5c.6-3.6 3.4-5.5 7-5.5s6.4 1.9 7 5.5',
  pin: 'm14.5 4 5.5 5.5-3 .8-3.6 3.6-.6 4-6.7-6.7 4-.6 3.6-3.6zM8.5 15.5 4.5 19.5',
  play: 'm8 5.5 10 6.5-10 6.5z',
  plus: 'M12 5.5v13M5.5 12h13',
  reply: 'm9.5 6-5 5 5 5M4.5 11H14a5.5 5.5 0 0 1 5.5 5.5V18',
  send: 'm4.5 12 15-7-5 15-3.2-6.2zM11.3 13.8 19.5 5',
  share: 'M12 14.5v-10m-4 3.7 4-4 4 4M6 11.5v6a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2v-6',
  stop: 'M7 7h10v10H7z',
  store:
    'm4.5 9.5 1.3-5h12.4l1.3 5a2.5 2.5 0 0 1-5 0 2.5 2.5 0 0 1-5 0 2.5 2.5 0 0 1-5 0zM6 12.5V19a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1v-6.5',
  sun: 'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zm0-4.5v1.5m0 14v1.5M3.5 12H5m14 0h1.5M6 6l1 1m10 10 1 1M6 18l1-1M17 7l1-1',
  trash:
    'M5.5 7.5h13M10 7V5h4v2m3 .5-.7 11a1.5 1.5 0 0 1-1.5 1.5H9.2a1.5 1.5 0 0 1-1.5-1.5L7 7.5m3.5 3.5v5m3-5v5',
  bolt: 'M13 3.5 5.5 13.5H11l-1 7 7.5-10H12z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 22 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
