import { loadTable } from './language.ts';
import type { ReportMessages } from './messages.ts';

/** Words of the report of a seller or a product, loaded with its form. */
export const reportText = await loadTable<ReportMessages>({
  en: async () => (await import('./en-report.ts')).enReport,
  'zh-CN': async () => (await import('./zh-CN-report.ts')).zhCNReport,
  'zh-TW': async () => (await import('./zh-TW-report.ts')).zhTWReport,
});
