import { useCallback } from 'preact/hooks';
import type { ChatMessage } from '../../../shared/community/chat-message.ts';
import type { CallError } from '../../../shared/kernel/ack.ts';
import type { Role } from '../../../shared/kernel/units.ts';
import { ChatAnnouncer } from '../../plays/chat/chat-announcer.tsx';
import { Composer } from '../../plays/chat/composer.tsx';
import { ChatList, PinnedMessage } from '../../plays/chat/view.tsx';
import { SpeakBar } from '../../plays/moderation/speak-bar.tsx';
import { type SpeakState, speakStateOf } from '../../plays/moderation/speak-state.ts';
import { countdown } from '../../text/format.ts';
import { text } from '../../text/i18n.ts';
import { useAsTimePasses } from '../../ui/as-time-passes.ts';
import { fanLevel, type RoomView } from './room-view.ts';

export function RoomChat({ view }: { view: RoomView }) {
  const { model, sheet } = view;
  const { chat } = model;
  // Stable, so that a new message renders one line and not all of them.
  const open = useCallback(
    (message: ChatMessage) => {
      sheet.value = { message };
    },
    [sheet],
  );
  return (
    <ChatList
      chat={chat.state}
      yourId={model.you.value?.userId ?? ''}
      badgeName={model.fans.state.value.rules?.badge ?? ''}
      isReadAloud={view.isChatRead.value}
      onReply={null}
      onOpen={model.role.value === 'guest' ? undefined : open}
      remedy={(refusal) => <Remedy view={view} refusal={refusal} />}
      onRetry={chat.retry}
      onDiscard={chat.discard}
    />
  );
}

/** What helps against a refusal, where something does. */
function Remedy({ view, refusal }: { view: RoomView; refusal: CallError }) {
  const { model, sheet, report } = view;
  if (refusal.code === 'FOLLOWERS_ONLY' && model.room.followingSinceMs.value === null) {
    return (
      <button type="button" onClick={() => report.run(model.room.follow(true))}>
        {text.conduct.follow}
      </button>
    );
  }
  if (refusal.code === 'LEVEL_ONLY' || refusal.code === 'MUTED') {
    const isMuted = refusal.code === 'MUTED';
    return (
      <button
        type="button"
        onClick={() => {
          sheet.value = isMuted ? 'conduct' : 'club';
        }}
      >
        {isMuted ? text.conduct.why : text.fans.title}
      </button>
    );
  }
  return null;
}

/** For a screen reader, what a busy chat must not drown; nothing where all of it is read. */
export function RoomAnnouncer({ view }: { view: RoomView }) {
  const { chat, you } = view.model;
  if (view.isChatRead.value) return null;
  return <ChatAnnouncer chat={chat.state} yourId={you.value?.userId ?? ''} />;
}

export function RoomPinned({ view }: { view: RoomView }) {
  const { pinned } = view.model.chat.state.value;
  return pinned === null ? null : (
    <div class="pinned-slot glass">
      <PinnedMessage message={pinned} />
    </div>
  );
}

/** The composer, or for guests the way to it. */
export function SayOrSignIn({ view }: { view: RoomView }) {
  const { model, sheet } = view;
  if (model.you.value === null) return <span class="say-wait" />;
  if (model.role.value !== 'guest') return <Say view={view} />;
  if (!model.signIn.state.value.canSignIn) return <p class="say-guest">{text.chat.guestOnly}</p>;
  return (
    <button
      type="button"
      class="btn btn-strong say-sign-in"
      data-testid="sign-in-open"
      onClick={() => {
        sheet.value = 'sign-in';
      }}
    >
      {text.chat.signIn}
    </button>
  );
}

/** The composer, or what keeps you from speaking. */
function Say({ view }: { view: RoomView }) {
  const { model, sheet, report } = view;
  const speaker = {
    role: model.role.value,
    followingSinceMs: model.room.followingSinceMs.value,
    fanLevel: fanLevel(model),
    spokeAtMs: model.chat.spokeAtMs.value,
  };
  const conduct = model.conduct.state.value;
  const speak = useAsTimePasses(model.nowMs, (nowMs) => speakStateOf(conduct, speaker, nowMs), saysTheSame);
  if (speak.state === 'free') {
    const slowMs = isStaff(speaker.role) ? 0 : (conduct.modes?.slowMs ?? 0);
    return <Composer chat={model.chat} hint={slowMs === 0 ? '' : text.conduct.slowOn(slowMs / 1000)} />;
  }
  if (speak.state === 'slow') {
    return <Composer chat={model.chat} wait={text.conduct.slow(speak.leftMs)} />;
  }
  return (
    <SpeakBar
      speak={speak}
      onWhy={() => {
        sheet.value = 'conduct';
      }}
      onFollow={() => report.run(model.room.follow(true))}
      onClub={() => {
        sheet.value = 'club';
      }}
    />
  );
}

/** Equal but for parts of a second. */
function saysTheSame(a: SpeakState, b: SpeakState): boolean {
  const left = (speak: SpeakState) =>
    'leftMs' in speak && speak.leftMs !== null ? countdown(speak.leftMs) : '';
  return a.state === b.state && left(a) === left(b);
}

function isStaff(role: Role): boolean {
  return role === 'host' || role === 'cohost' || role === 'moderator';
}
