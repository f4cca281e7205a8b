import type { KernelErrorCode } from '../../shared/kernel/errors.ts';
import type { PlayName, plays } from '../../shared/plays.ts';
import type { en } from './en.ts';
import type { enBroadcast } from './en-broadcast.ts';
import type { enCheckout } from './en-checkout.ts';
import type { enDesk } from './en-desk.ts';
import type { enDrawCheck } from './en-draw-check.ts';
import type { enEmbed } from './en-embed.ts';
import type { enHome } from './en-home.ts';
import type { enHost } from './en-host.ts';
import type { enMedia } from './en-media.ts';
import type { enNewRoom } from './en-new-room.ts';
import type { enReplay } from './en-replay.ts';
import type { enReport } from './en-report.ts';
import type { enRoomMenu } from './en-room-menu.ts';
import type { enSettings } from './en-settings.ts';
import type { enShow } from './en-show.ts';
import type { enStaff } from './en-staff.ts';
import type { enStudio } from './en-studio.ts';

/** The shape of every table is that of the English one: a missing or surplus key is a type error. */
export type Messages = Table<typeof en>;
export type StaffMessages = Table<typeof enStaff>;
export type StudioMessages = Table<typeof enStudio>;
export type DeskMessages = Table<typeof enDesk>;
export type HostMessages = Table<typeof enHost>;
export type HomeMessages = Table<typeof enHome>;
export type NewRoomMessages = Table<typeof enNewRoom>;
export type ReplayMessages = Table<typeof enReplay>;
export type ReportMessages = Table<typeof enReport>;
export type RoomMenuMessages = Table<typeof enRoomMenu>;
export type SettingsMessages = Table<typeof enSettings>;
export type ShowMessages = Table<typeof enShow>;
export type DrawCheckMessages = Table<typeof enDrawCheck>;
export type MediaMessages = Table<typeof enMedia>;
export type EmbedMessages = Table<typeof enEmbed>;
export type BroadcastMessages = Table<typeof enBroadcast>;
export type CheckoutMessages = Table<typeof enCheckout>;
type Table<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...args: infer A) => string
      ? (...args: A) => string
      : Table<T[K]>;
};

type Plays = typeof plays;

/** Every code that a command may be refused with. */
export type ErrorCode =
  | KernelErrorCode
  | { [P in PlayName]: Extract<keyof Plays[P]['errors'], string> }[PlayName];

export type Language = 'en' | 'zh-CN' | 'zh-TW';
