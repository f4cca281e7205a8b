import type { RoomInfo } from '../../../shared/plays/room/contract.ts';
import { format, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import './view.css';

/** Distinct people in the room over all nodes, as the server counts them, and how many of them are simulated. */
export function ViewerCount({ viewers, simulated: told = 0 }: { viewers: number; simulated?: number }) {
  // The two are counted one after the other: never more of them than there are viewers.
  const simulated = Math.min(told, viewers);
  const words = viewersInWords(viewers, simulated);
  return (
    <span class="viewers glass" title={words}>
      <Icon name="eye" size={16} />
      <span class="num" data-testid="viewer-count" aria-hidden="true">
        {format.compact(viewers)}
      </span>
      {simulated === 0 ? null : (
        <span class="viewers-simulated num" data-testid="viewers-simulated" aria-hidden="true">
          {text.common.simulatedCount(format.compact(simulated))}
        </span>
      )}
      <span class="visually-hidden">{words}</span>
    </span>
  );
}

/** "200 people watching, of which 198 simulated". */
export function viewersInWords(viewers: number, simulated: number): string {
  const watching = text.room.watching(viewers);
  return simulated === 0 ? watching : `${watching}${text.room.simulated(simulated)}`;
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
        <dd>{room.sellerContact === '' ? text.room.noContact : <Contact contact={room.sellerContact} />}</dd>
      </div>
      {room.demo ? (
        <div>
          <dt class="visually-hidden">{text.common.demo}</dt>
          <dd class="seller-demo">{text.common.demoWhy}</dd>
        </div>
      ) : null}
    </dl>
  );
}

const MAIL = /^[^\s@:/?#&]+@[^\s@:/?#&]+\.[^\s@:/?#&]+$/;
const PHONE = /^\+?[\d ()/.-]{6,24}$/;

/** An address to write to or a number to call can be pressed; anything else is only to be read. */
function Contact({ contact }: { contact: string }) {
  const plain = contact.trim();
  const href = MAIL.test(plain)
    ? `mailto:${plain}`
    : PHONE.test(plain)
      ? `tel:${plain.replaceAll(/[^\d+]/g, '')}`
      : null;
  if (href === null) return <bdi>{contact}</bdi>;
  return (
    <a class="seller-contact" href={href} data-testid="seller-contact">
      <bdi>{contact}</bdi>
    </a>
  );
}
