import type { RoomInfo } from '../../../shared/plays/room/contract.ts';
import { format, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import './view.css';

/** Distinct people in the room over all nodes, as the server counts them. */
export function ViewerCount({ viewers }: { viewers: number }) {
  return (
    <span class="viewers glass" title={text.room.watching(viewers)}>
      <Icon name="eye" size={16} />
      <span class="num" data-testid="viewer-count" aria-hidden="true">
        {format.compact(viewers)}
      </span>
      <span class="visually-hidden">{text.room.watching(viewers)}</span>
    </span>
  );
}

/** Shown wherever numbers are, while the goods or the audience are made up. */
export function DemoTag() {
  return (
    <span class="demo-tag" title={text.common.demoWhy}>
      {text.common.demo}
    </span>
  );
}

export function LiveTag() {
  return (
    <span class="live-tag">
      <span class="live-dot" aria-hidden="true" />
      {text.room.live}
    </span>
  );
}

/** Who sells here, as the law of many places wants it one tap away. */
export function SellerDetails({ room }: { room: RoomInfo }) {
  return (
    <dl class="seller">
      <div>
        <dt>{text.room.soldBy}</dt>
        <dd>
          <bdi>{room.hostName}</bdi>
        </dd>
      </div>
      <div>
        <dt>{text.room.contact}</dt>
        <dd>{room.sellerContact === '' ? text.room.noContact : <bdi>{room.sellerContact}</bdi>}</dd>
      </div>
      {room.demo ? <p class="seller-demo">{text.common.demoWhy}</p> : null}
    </dl>
  );
}
