import { isSimulated } from '../../shared/kernel/simulated.ts';
import { text } from '../text/i18n.ts';
import './simulated-mark.css';

/** Beside the name of a demo's simulated viewer, wherever it shows; nothing beside a person's. */
export function SimulatedMark({ userId }: { userId: string }) {
  if (!isSimulated(userId)) return null;
  return (
    <>
      <span class="simulated-mark" title={text.common.simulatedWhy} data-testid="simulated">
        {text.common.simulated}
      </span>{' '}
    </>
  );
}
