import { loadTable } from './language.ts';
import type { StaffMessages } from './messages.ts';

/** Words of the studio and the desk, kept apart so that buyers don't load them. */
export const staffText = await loadTable<StaffMessages>({
  en: async () => (await import('./en-staff.ts')).enStaff,
  'zh-CN': async () => (await import('./zh-CN-staff.ts')).zhCNStaff,
  'zh-TW': async () => (await import('./zh-TW-staff.ts')).zhTWStaff,
});
