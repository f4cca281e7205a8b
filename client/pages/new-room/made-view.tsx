import { useEffect, useRef } from 'preact/hooks';
import { safeStorage } from '../../model/page.ts';
import { newRoomText } from '../../text/new-room.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { useCopy } from '../../ui/use-copy.ts';
import type { MadeRoom } from './new-room.ts';

/** The room is there: its three pages, and what signs its host in. */
export function MadeView({ room, onAnother }: { room: MadeRoom; onAnother: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const path = (page: string) => `/${page}/${encodeURIComponent(room.roomId)}`;
  const studio = path('studio') + room.studioFragment;
  useEffect(() => {
    // From the top: what is said of the heading, and the mark above it.
    heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
    keepCodes(room);
  }, []);
  const isSigned = room.studioFragment !== '';
  return (
    <div class="made" data-testid="made-room" data-room={room.roomId}>
      <span class="made-mark" aria-hidden="true">
        <Icon name="check" size={30} />
      </span>
      <h1 ref={heading} tabIndex={-1}>
        <bdi>{newRoomText.madeTitle(room.title)}</bdi>
      </h1>
      <p class="made-hint">{newRoomText.madeHint}</p>
      {room.without === null ? null : (
        <p class="new-room-failure" role="alert">
          {room.without === 'no-token' ? newRoomText.noToken : newRoomText.tokensElsewhere}
        </p>
      )}
      {isSigned ? (
        <a class="btn btn-strong btn-wide" href={studio} data-testid="made-open-studio">
          <Icon name="live" size={20} /> {newRoomText.openStudio}
        </a>
      ) : null}
      <h2>{newRoomText.links}</h2>
      <ul class="made-links">
        <LinkRow icon="store" name={newRoomText.room} why={newRoomText.roomWhy} href={path('r')} />
        <LinkRow
          icon="live"
          name={newRoomText.studio}
          why={newRoomText.studioWhy}
          href={studio}
          isSecret={isSigned}
        />
        <LinkRow
          icon="shield"
          name={newRoomText.desk}
          why={newRoomText.deskWhy}
          href={path('desk') + room.deskFragment}
          isSecret={isSigned}
        />
      </ul>
      {room.hostCode === null ? null : (
        <div class="made-code">
          <strong>{newRoomText.code}</strong>
          <code data-testid="made-code">{room.hostCode}</code>
          <CopyButton what={newRoomText.code} value={room.hostCode} />
          <p>{newRoomText.codeWhy}</p>
        </div>
      )}
      {room.hostCode === null && isSigned ? <p class="made-hint">{newRoomText.tokenWhy}</p> : null}
      <button type="button" class="btn btn-line btn-wide" onClick={onAnother}>
        {newRoomText.another}
      </button>
    </div>
  );
}

type RowProps = { icon: IconName; name: string; why: string; href: string; isSecret?: boolean };

function LinkRow({ icon, name, why, href, isSecret = false }: RowProps) {
  return (
    <li class="made-link">
      <span class="made-icon">
        <Icon name={icon} />
      </span>
      <span class="made-words">
        <strong>
          {name}
          {isSecret ? <span class="tag">{newRoomText.secret}</span> : null}
        </strong>
        <span>{why}</span>
      </span>
      <CopyButton what={name} value={new URL(href, location.href).href} />
      <a
        class="icon-btn"
        href={href}
        target="_blank"
        rel="noopener"
        title={newRoomText.open}
        aria-label={newRoomText.openOf(name)}
      >
        <Icon name="chevron" size={20} />
      </a>
    </li>
  );
}

function CopyButton({ what, value }: { what: string; value: string }) {
  const { state, copy } = useCopy();
  const told = { idle: '', copied: newRoomText.copied, failed: newRoomText.copyFailed }[state];
  return (
    <>
      <button
        type="button"
        class="icon-btn"
        data-testid="made-copy"
        data-state={state}
        title={newRoomText.copy}
        aria-label={newRoomText.copyOf(what)}
        onClick={() => void copy(value)}
      >
        <Icon name={state === 'copied' ? 'check' : 'copy'} size={20} />
      </button>
      <span class={state === 'failed' ? 'made-told' : 'visually-hidden'} role="status">
        {told}
      </span>
    </>
  );
}

/** As the pages themselves keep them, so that a plain address signs this device in. */
function keepCodes({ roomId, hostCode, moderatorCode }: MadeRoom): void {
  if (hostCode === null) return;
  const storage = safeStorage('localStorage');
  storage.setItem(`livestall:code:studio:${roomId}`, hostCode);
  storage.setItem(`livestall:code:desk:${roomId}`, moderatorCode ?? hostCode);
}
