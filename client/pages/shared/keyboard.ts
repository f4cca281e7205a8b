/**
 * Keeps what stands at the bottom above an on-screen keyboard that covers the page instead of shrinking it
 * (Safari on iOS): its height becomes the custom property `--keyboard`.
 */
export function followKeyboard(): void {
  const viewport = window.visualViewport;
  if (viewport === null) return;
  const update = () => {
    const coveredPx = Math.max(0, window.innerHeight - viewport.height - viewport.offsetTop);
    // Small differences are browser bars, not a keyboard.
    const keyboardPx = viewport.scale === 1 && coveredPx > 120 ? coveredPx : 0;
    document.documentElement.style.setProperty('--keyboard', `${keyboardPx}px`);
  };
  viewport.addEventListener('resize', update);
  viewport.addEventListener('scroll', update);
}
