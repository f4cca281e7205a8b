import { enStaff } from './en-staff.ts';
import { language } from './i18n.ts';
import type { Language, StaffMessages } from './messages.ts';
import { zhCNStaff } from './zh-CN-staff.ts';

const tables: Readonly<Record<Language, StaffMessages>> = { en: enStaff, 'zh-CN': zhCNStaff };

/** Words of the studio and the desk, kept apart so that buyers don't load them. */
export const staffText: StaffMessages = tables[language];
