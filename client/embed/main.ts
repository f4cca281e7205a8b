import { LivestallRoom } from './element.ts';

// A page may load the script twice.
if (customElements.get('livestall-room') === undefined)
  customElements.define('livestall-room', LivestallRoom);
