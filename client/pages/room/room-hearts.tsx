import { HeartButton } from '../../plays/hearts/heart-button.tsx';
import { HeartFigure } from '../../plays/hearts/heart-figure.tsx';
import type { RoomState } from '../../plays/room/reducer.ts';
import type { RoomView } from './room-view.ts';

type Props = { view: RoomView; room: RoomState };

/** While the show is on. Guests are led to the sign-in, where this page has one. */
export function RoomHeartButton({ view, room }: Props) {
  const { model, sheet } = view;
  const isGuest = model.role.value === 'guest';
  if (room.session === null || model.hearts.total.value === null || model.you.value === null) return null;
  if (isGuest && !model.signIn.state.value.canSignIn) return null;
  const signIn = () => {
    sheet.value = 'sign-in';
  };
  return (
    <HeartButton hearts={model.hearts} isOnline={model.isOnline.value} onSignIn={isGuest ? signIn : null} />
  );
}

/** Of the running show; after it, of the one that was, if it had any. */
export function RoomHearts({ view, room, iconSize }: Props & { iconSize: number }) {
  const total = view.model.hearts.total.value;
  if (total === null || (room.session === null && total === 0)) return null;
  return <HeartFigure total={total} iconSize={iconSize} />;
}
