import { loadScripts } from '../../server/redis/scripts.ts';

/** A script that takes as long each time: what one call of it took beyond the usual, the machine took. */
export const countUp = loadScripts(import.meta.url, ['count-up'])['count-up'];
