import { useId, useState } from 'preact/hooks';
import './poster.css';

type Props = { imageUrl: string | null; tone: number; isCalm: boolean };

/**
 * What stands where the video will be: a room in evening light with the product on a plinth. Drawn, so that
 * it needs no download; the tone follows the room's id.
 */
export function Poster({ imageUrl, tone, isCalm }: Props) {
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  // Several posters may stand on one page, and ids of gradients are the page's.
  const id = useId();
  const shown = imageUrl === failedUrl ? null : imageUrl;
  return (
    <div class={`poster ${isCalm ? 'is-calm' : ''}`} data-tone={tone % 3} aria-hidden="true">
      <div class="poster-floor" />
      <svg aria-hidden="true" class="poster-light" viewBox="0 0 260 440" preserveAspectRatio="xMinYMin slice">
        <defs>
          <linearGradient id={`${id}-ray`} x1="0" y1="0" x2="1" y2="1">
            <stop offset="0" stop-color="#fff" stop-opacity="0.36" />
            <stop offset="1" stop-color="#fff" stop-opacity="0.06" />
          </linearGradient>
          <filter id={`${id}-soft`} x="-20%" y="-20%" width="140%" height="140%">
            <feGaussianBlur stdDeviation="4" />
          </filter>
        </defs>
        <g filter={`url(#${id}-soft)`} fill={`url(#${id}-ray)`}>
          <path d="M20 76 122 42v146L20 234z" />
          <path d="M134 38 236 4v146l-102 44z" />
          <path d="m20 248 102-46v146L20 406z" />
          <path d="m134 197 102-44v146l-102 54z" />
        </g>
      </svg>
      <div class="poster-set">
        <svg aria-hidden="true" class="poster-plinth" viewBox="0 0 390 330">
          <defs>
            <linearGradient id={`${id}-plinth`} x1="0" y1="0" x2="1" y2="0">
              <stop offset="0" class="plinth-a" />
              <stop offset="0.32" class="plinth-b" />
              <stop offset="1" class="plinth-c" />
            </linearGradient>
            <radialGradient id={`${id}-shade`} cx="0.5" cy="0.5" r="0.5">
              <stop offset="0" stop-color="#120a06" stop-opacity="0.5" />
              <stop offset="1" stop-color="#120a06" stop-opacity="0" />
            </radialGradient>
          </defs>
          <ellipse cx="205" cy="262" rx="190" ry="40" fill={`url(#${id}-shade)`} />
          <path d="M75 40v208c0 19 54 33 120 33s120-14 120-33V40z" fill={`url(#${id}-plinth)`} />
          <ellipse cx="195" cy="40" rx="120" ry="29" class="plinth-top" />
          {shown === null ? null : (
            <ellipse cx="195" cy="42" rx="92" ry="17" fill={`url(#${id}-shade)`} opacity="0.7" />
          )}
        </svg>
        {shown === null ? null : (
          <img
            class="poster-product"
            src={shown}
            alt=""
            draggable={false}
            onError={() => setFailedUrl(shown)}
          />
        )}
      </div>
    </div>
  );
}
