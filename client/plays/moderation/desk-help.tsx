import { deskText } from '../../text/desk.ts';
import './desk-acts.css';
import { DESK_KEYS, type DeskCommand } from './desk-keys.ts';

/** What each key does. */
export function KeysHelp() {
  return (
    <>
      <dl class="desk-keys" data-testid="keys-help">
        {(Object.entries(DESK_KEYS) as [string, DeskCommand][]).map(([key, command]) => (
          <div key={key}>
            <dt>
              <kbd>{key.toUpperCase()}</kbd>
            </dt>
            <dd>{deskText.keys[command]}</dd>
          </div>
        ))}
      </dl>
      <p class="desk-quiet">{deskText.keys.hint}</p>
    </>
  );
}
