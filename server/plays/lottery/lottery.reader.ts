import type { LotterySnapshot, LotteryYou } from '../../../shared/plays/lottery/contract.ts';
import { DRAW_LIMITS, type Draw } from '../../../shared/plays/lottery/draw.ts';
import type { Reader } from '../../kernel/play.ts';
import { queueScript } from '../../redis/queued-script.ts';
import { loadScripts } from '../../redis/scripts.ts';
import { yourDraw } from './award.ts';

const scripts = loadScripts(import.meta.url, ['read', 'you']);
const KEPT = String(DRAW_LIMITS.drawsKept.value);
/** Neither script looks at the clock. */
const ANY_TIME = '0';

export const lotteryReader: Reader<LotterySnapshot> = {
  queue(pipe, keys) {
    queueScript(pipe, scripts.read, [keys.draws, keys.drawsRunning], [ANY_TIME, KEPT]);
  },
  parse([draws]) {
    return { draws: (draws as string[]).map((json) => JSON.parse(json) as Draw) };
  },
};

export function lotteryYouReader(userId: string): Reader<LotteryYou> {
  return {
    queue(pipe, keys) {
      queueScript(pipe, scripts.you, [keys.draws, keys.drawsRunning], [ANY_TIME, userId, KEPT]);
    },
    parse([reply]) {
      const draws: LotteryYou['draws'] = {};
      for (const [drawId = '', entryKey = '', redrawnBy = '', ...mine] of reply as string[][]) {
        draws[drawId] = yourDraw(entryKey, userId, redrawnBy !== '', mine);
      }
      return { draws };
    },
  };
}
