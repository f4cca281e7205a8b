import { format, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import './follow-button.css';

type Props = { isFollowing: boolean; followers: number; onFollow: (wanted: boolean) => void };

/** Follow the room, with how many do. */
export function FollowButton({ isFollowing, followers, onFollow }: Props) {
  const words = isFollowing ? text.conduct.following : text.conduct.follow;
  return (
    <button
      type="button"
      class={`follow ${isFollowing ? 'is-following' : ''}`}
      data-testid="follow"
      data-state={isFollowing ? 'following' : 'none'}
      title={isFollowing ? text.conduct.unfollow : text.conduct.followWhy}
      onClick={() => onFollow(!isFollowing)}
    >
      <Icon name={isFollowing ? 'user-check' : 'user-plus'} size={18} />
      <span class="follow-words">{words}</span>
      <span class="num" data-testid="followers" aria-hidden="true">
        {format.compact(followers)}
      </span>
      <span class="visually-hidden">. {text.conduct.followerCount(followers)}</span>
    </button>
  );
}
