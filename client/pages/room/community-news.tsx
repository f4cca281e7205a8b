import { useEffect } from 'preact/hooks';
import type { RoomModel } from '../../model/room-model.ts';
import { text } from '../../text/i18n.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { isEmbedded } from './embedded.ts';
import type { RoomView, SheetName } from './room-view.ts';

const SHOWN_MS = 12_000;

type StaffPage = { href: string; words: string };

type News = {
  /** Another one starts the time anew. */
  of: object;
  kind: 'draw' | 'fan' | 'plain';
  icon: IconName;
  words: string;
  opens: SheetName | null;
  /** A page of one's own, with the words of its link. */
  page?: StaffPage | undefined;
  hide: () => void;
};

/** The latest word about a draw, your level or an appeal, for a while. What you won stays until it is looked at. */
export function CommunityNews({ view }: { view: RoomView }) {
  const news = newsOf(view);
  const isRead = news !== null && isOpen(view.sheet.value, news.opens);
  const staysUntilRead = view.model.lottery.news.value?.kind === 'won';
  useEffect(() => {
    if (isRead) news?.hide();
    if (news === null || isRead || staysUntilRead) return;
    const timer = setTimeout(news.hide, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [news?.of, staysUntilRead, isRead]);
  if (news === null || isRead) return null;
  const { opens, page } = news;
  return (
    <p class={`order-news is-${news.kind}`} data-testid="community-news" data-state={news.kind}>
      <Icon name={news.icon} size={20} />
      <span>{news.words}</span>
      {page === undefined ? null : <StaffLink page={page} onPress={news.hide} />}
      {opens === null ? null : (
        <button
          type="button"
          class="btn"
          data-testid="community-news-open"
          onClick={() => {
            news.hide();
            view.sheet.value = opens;
          }}
        >
          {text.draw.newsOpen}
        </button>
      )}
    </p>
  );
}

/** Whether the sheet that the news is about is open: it says the same by itself. */
function isOpen(sheet: SheetName | null, opens: SheetName | null): boolean {
  if (sheet === null || opens === null) return false;
  if (typeof sheet === 'string' || typeof opens === 'string') return sheet === opens;
  return 'draw' in sheet && 'draw' in opens && sheet.draw === opens.draw;
}

function newsOf({ model }: RoomView): News | null {
  const { lottery, fans, conduct } = model;
  const draw = lottery.news.value;
  if (draw !== null) {
    const words = text.draw.news[draw.kind](draw.title);
    const opens = { draw: draw.drawId };
    return { of: draw, kind: 'draw', icon: 'gift', words, opens, hide: lottery.hideNews };
  }
  const fan = fans.news.value;
  if (fan !== null) {
    const words = fan.kind === 'level' ? text.fans.news.level(fan.level) : text.fans.news.keeper;
    return { of: fan, kind: 'fan', icon: 'medal', words, opens: 'club', hide: fans.hideNews };
  }
  const appeal = conduct.news.value;
  if (appeal !== null) {
    const answer = appeal.accepted ? text.conduct.news.accepted : text.conduct.news.rejected;
    const words = text.conduct.noted(answer, appeal.note);
    return { of: appeal, kind: 'plain', icon: 'info', words, opens: null, hide: conduct.hideNews };
  }
  const appointment = model.appointed.value;
  if (appointment !== null && appointment.role !== 'guest') {
    const hide = () => {
      model.appointed.value = null;
    };
    const words = text.room.appointed[appointment.role];
    return {
      of: appointment,
      kind: 'plain',
      icon: 'shield',
      words,
      opens: null,
      page: staffPages(model)[0],
      hide,
    };
  }
  return null;
}

/** In this tab, which has the sign-in: another one would have none. */
export function StaffLink({ page, onPress }: { page: StaffPage; onPress: () => void }) {
  return (
    <a class="btn" href={page.href} data-testid="staff-page" onClick={onPress}>
      {page.words}
    </a>
  );
}

/** The pages of the team that are open to one's role, the first one for what it is there for. */
export function staffPages({ role, client }: RoomModel): StaffPage[] {
  const roomId = encodeURIComponent(client.roomId);
  const desk = { href: `/desk/${roomId}`, words: text.room.openDesk };
  const studio = { href: `/studio/${roomId}`, words: text.room.openStudio };
  // They are framed by nobody, and a shop's frame has no sign-in for them.
  if (isEmbedded) return [];
  if (role.value === 'moderator') return [desk];
  return role.value === 'host' || role.value === 'cohost' ? [studio, desk] : [];
}
