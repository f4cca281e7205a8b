import { deskText } from '../../text/desk.ts';
import './desk-acts.css';
import { DESK_KEYS, type DeskCommand } from './desk-keys.ts';
import { STREAM_FILTERS } from './desk-lines.ts';

type NamedCommand = Exclude<DeskCommand, `show-${string}`>;
const isNamed = ([, command]: [string, DeskCommand]) => !command.startsWith('show-');

/** What each key does. */
export function KeysHelp() {
  return (
    <>
      <dl class="desk-keys" data-testid="keys-help">
        <div>
          <dt>
            <kbd>1</kbd>–<kbd>{STREAM_FILTERS.length}</kbd>
          </dt>
          <dd>{STREAM_FILTERS.map((filter) => deskText.stream.filters[filter]).join(' · ')}</dd>
        </div>
        {(Object.entries(DESK_KEYS).filter(isNamed) as [string, NamedCommand][]).map(([key, command]) => (
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
