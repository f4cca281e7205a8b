import { isSimulated } from '../../shared/kernel/simulated.ts';
import { text } from '../text/i18n.ts';

/** A name where no mark can stand beside it: in a title, within a sentence, in what is read out. */
export function nameInWords({ userId, name }: { userId: string; name: string }): string {
  return isSimulated(userId) ? text.common.simulatedName(name) : name;
}
