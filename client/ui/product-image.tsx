import { useState } from 'preact/hooks';
import { toneOf } from './avatar.tsx';
import './product-image.css';

/** The product's picture, or a drawn box where it has none or it does not load. Decorative: the name stands by. */
export function ProductImage({ url, title }: { url: string | null; title: string }) {
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  if (url === null || url === failedUrl) {
    return (
      <span class={`product-image is-drawn tone-${toneOf(title)}`} aria-hidden="true">
        <svg
          aria-hidden="true"
          viewBox="0 0 64 64"
          fill="none"
          stroke="currentColor"
          stroke-width="2.4"
          stroke-linejoin="round"
        >
          <path d="M12 23 32 13l20 10v20L32 53 12 43zM12 23l20 10 20-10M32 33v20M22 18l20 10v7" />
        </svg>
      </span>
    );
  }
  return (
    <img
      class="product-image"
      src={url}
      alt=""
      loading="lazy"
      decoding="async"
      draggable={false}
      onError={() => setFailedUrl(url)}
    />
  );
}
